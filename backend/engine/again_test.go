package engine

import (
	"testing"
	"time"

	"mychat/backend/store"
	"mychat/protocol"
)

func TestRecalledWordsAreRememberedForAWhile(t *testing.T) {
	var a again
	begun := time.UnixMilli(1_800_000_000_000)
	a.keep("u/1", "said", begun)
	list := func() []store.Message {
		return []store.Message{
			{ID: "u/1", Kind: protocol.KindRecall}, {ID: "u/1", Kind: protocol.KindText}, {ID: "u/2", Kind: protocol.KindRecall},
		}
	}
	got := list()
	a.fill(got, begun.Add(againFor-time.Millisecond))
	if got[0].Again == nil || got[0].Again.Text != "said" || got[0].Again.UntilMS != begun.Add(againFor).UnixMilli() {
		t.Errorf("recalled: %+v", got[0].Again)
	}
	if got[1].Again != nil || got[2].Again != nil {
		t.Errorf("others: %+v, %+v", got[1].Again, got[2].Again)
	}
	got = list()
	a.fill(got, begun.Add(againFor))
	if got[0].Again != nil || len(a.said) != 0 {
		t.Errorf("afterwards: %+v", got[0].Again)
	}
}
