import logo from "./logo.svg";

type LogoProps = {
  /** Pixels. */
  size: number;
};

/** MyChat's mark. Its name stands beside it in words. */
export function Logo({ size }: LogoProps) {
  return <img src={logo} alt="" width={size} height={size} />;
}
