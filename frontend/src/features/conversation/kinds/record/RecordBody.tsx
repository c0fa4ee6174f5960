import type { KindProps } from "..";
import { UnknownBody } from "../unknown/UnknownBody";
import { RecordCard } from "./RecordCard";

/** A record as a card; it opens where all of it can be read. */
export function RecordBody(props: KindProps) {
  const { card } = props.message;
  if (!card) return <UnknownBody {...props} />; // Its body breaks the rules.
  return <RecordCard card={card} onOpen={props.onOpen} />;
}
