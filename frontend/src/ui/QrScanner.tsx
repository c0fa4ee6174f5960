import { useEffect, useEffectEvent, useRef, useState } from "react";
import styles from "./QrScanner.module.css";

/** Why there is no picture: not allowed, no camera, or one that does not start. */
export type CameraFault = "denied" | "none" | "busy";

/** Between two pictures that are looked at, in milliseconds. */
const pause = 150;

/** Pixels of a side of the square that is looked at; a larger picture is made smaller. */
const side = 480;

/** Whether this window can be given a camera at all. WebKitGTK and pages without TLS have none. */
export const canScan = (): boolean => "mediaDevices" in navigator;

type QrScannerProps = {
  label: string;
  /** What a QR code says; each time that it is another than before. */
  onFound: (text: string) => void;
  onFault: (fault: CameraFault) => void;
};

/** The picture of a camera, in which QR codes are looked for while it is shown. */
export function QrScanner({ label, onFound, onFault }: QrScannerProps) {
  const video = useRef<HTMLVideoElement>(null);
  const [mirrored, setMirrored] = useState(false);
  const found = useEffectEvent(onFound);
  const failed = useEffectEvent((cause: unknown) => onFault(faultOf(cause)));

  useEffect(() => {
    const shown = video.current;
    if (!shown) return;
    let stream: MediaStream | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const begin = async () => {
      const [{ default: decode }, camera] = await Promise.all([
        import("qr/decode.js"),
        navigator.mediaDevices.getUserMedia({
          video: { facingMode: "environment", width: { ideal: 1280 } },
        }),
      ]);
      stream = camera;
      if (over) {
        stop(stream);
        return;
      }
      // Who looks at their own picture expects a mirror.
      const [track] = stream.getVideoTracks();
      setMirrored(track?.getSettings().facingMode !== "environment");
      shown.srcObject = stream;
      await shown.play();
      let last = "";
      const look = () => {
        if (over) return;
        const text = read(shown, decode);
        if (text && text !== last) {
          last = text;
          found(text);
        }
        timer = setTimeout(look, pause);
      };
      look();
    };
    begin().catch((cause: unknown) => {
      if (!over) failed(cause);
    });
    return () => {
      over = true;
      clearTimeout(timer);
      if (stream) stop(stream);
    };
  }, []);

  return (
    <div className={styles.frame}>
      <video
        ref={video}
        className={mirrored ? styles.mirrored : undefined}
        aria-label={label}
        muted
        playsInline
      />
    </div>
  );
}

/** Lets go of the camera: its light goes out. */
function stop(stream: MediaStream) {
  for (const track of stream.getTracks()) track.stop();
}

type Decode = (image: ImageData, options: { cropToSquare: boolean }) => string;

/** What the QR code in the middle of the present picture says, or "". */
function read(video: HTMLVideoElement, decode: Decode): string {
  const whole = Math.min(video.videoWidth, video.videoHeight);
  const size = Math.min(whole, side);
  if (size === 0) return ""; // No picture yet.
  const canvas = new OffscreenCanvas(size, size);
  const context = canvas.getContext("2d");
  if (!context) return "";
  const left = (video.videoWidth - whole) / 2;
  const top = (video.videoHeight - whole) / 2;
  context.drawImage(video, left, top, whole, whole, 0, 0, size, size);
  try {
    return decode(context.getImageData(0, 0, size, size), { cropToSquare: false });
  } catch {
    return ""; // There is none in it, or it cannot be made out.
  }
}

function faultOf(cause: unknown): CameraFault {
  switch (cause instanceof DOMException ? cause.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "none";
    default:
      return "busy";
  }
}
