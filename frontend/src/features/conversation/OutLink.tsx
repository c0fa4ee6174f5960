import type { MouseEvent, ReactNode } from "react";
import { useApp } from "../../state/app";

type OutLinkProps = {
  href: string;
  className?: string;
  /** Whether the Tab key stops there. */
  reachable?: boolean;
  children: ReactNode;
};

/** What opens an address in the system's browser. The page itself never goes anywhere. */
export function OutLink({ href, className, reachable = true, children }: OutLinkProps) {
  const { bridge } = useApp();
  const open = (e: MouseEvent) => {
    e.preventDefault();
    bridge.openLink(href);
  };
  return (
    <a
      href={href}
      className={className}
      tabIndex={reachable ? undefined : -1}
      rel="noopener noreferrer"
      target="_blank"
      draggable={false}
      data-link={href}
      onClick={open}
      onAuxClick={(e) => e.button === 1 && open(e)}
    >
      {children}
    </a>
  );
}
