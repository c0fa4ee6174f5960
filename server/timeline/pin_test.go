package timeline_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/oklog/ulid/v2"

	"mychat/protocol"
	"mychat/server/store"
	"mychat/server/store/storetest"
)

func pinning(conv, kind string, seq int64) protocol.Send {
	return protocol.Send{ConversationID: conv, ClientID: ulid.Make().String(), Kind: kind, RefSeq: seq, Body: json.RawMessage(`{}`)}
}

func pins(t *testing.T, w *world, user, conv string) []int64 {
	t.Helper()
	head, err := w.Head(t.Context(), user, conv)
	if err != nil {
		t.Fatal(err)
	}
	return head.Pins
}

func TestWhoMayPin(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w, _ := changeable(t, st)
		u := people(t, st, 4)
		conv, former := direct(t, st, u[0], u[1]), direct(t, st, u[0], u[2])
		inFormer := w.append(u[2], text(former, "from a former friend")).Seq
		closed(t, st, former, true)
		first := w.append(u[0], text(conv, "first")).Seq
		second := w.append(u[0], text(conv, "second")).Seq
		gone := w.append(u[0], text(conv, "gone")).Seq
		act := w.append(u[0], recall(conv, gone)).Seq
		const pin, unpin = protocol.KindPin, protocol.KindUnpin
		for _, tt := range []struct {
			name   string
			by     string
			send   protocol.Send
			refuse protocol.Code
			want   []int64
		}{
			{"the other side", u[1], pinning(conv, pin, second), "", []int64{second}},
			{"the sender", u[0], pinning(conv, pin, first), "", []int64{second, first}},
			{"again", u[1], pinning(conv, pin, second), "", []int64{second, first}},
			{"a stranger", u[3], pinning(conv, unpin, first), protocol.CodeNotMember, []int64{second, first}},
			{"a former friend", u[2], pinning(former, pin, inFormer), protocol.CodeNotFriend, []int64{second, first}},
			{"what was recalled", u[0], pinning(conv, pin, gone), protocol.CodeNotFound, []int64{second, first}},
			{"an entry that acts", u[0], pinning(conv, pin, act), protocol.CodeNotFound, []int64{second, first}},
			{"a seq that was not given", u[0], pinning(conv, pin, 99), protocol.CodeInvalid, []int64{second, first}},
			{"taken off by the other side", u[1], pinning(conv, unpin, second), "", []int64{first}},
			{"taken off again", u[1], pinning(conv, unpin, second), "", []int64{first}},
			{"recalled", u[0], recall(conv, first), "", nil},
			{"taken off what was recalled", u[0], pinning(conv, unpin, first), "", nil},
		} {
			_, err := w.Append(t.Context(), tt.by, tt.send)
			if refusal(err) != tt.refuse {
				t.Errorf("%s: got %v, want %q", tt.name, err, tt.refuse)
			}
			if got := pins(t, w, u[0], conv); !slices.Equal(got, tt.want) {
				t.Errorf("%s: pinned are %v, want %v", tt.name, got, tt.want)
			}
		}
		if got := unread(t, w, u[1], conv); got != 1 {
			t.Errorf("unread: %d", got)
		}
	})
}

// TestPinsAreTheObviousList lets two people write, pin, take off and recall at
// random, some of it in one transaction, and compares with replaying the log.
func TestPinsAreTheObviousList(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w, _ := changeable(t, st)
		u := people(t, st, 2)
		conv := direct(t, st, u[0], u[1])
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // No secret.
		refused := 0
		for range 6 {
			var waits []func() error
			for range 60 {
				s := text(conv, "hi")
				last := w.all(u[0], conv)
				if n := int64(len(last)); n > 0 && random.IntN(2) > 0 {
					seq := 1 + random.Int64N(n)
					s = pinning(conv, []string{protocol.KindPin, protocol.KindPin, protocol.KindPin, protocol.KindUnpin, protocol.KindRecall}[random.IntN(5)], seq)
				}
				wait := w.Start(t.Context(), u[random.IntN(2)], s)
				waits = append(waits, func() error { _, err := wait(t.Context()); return err })
			}
			for _, wait := range waits {
				switch code := refusal(wait()); code {
				case "":
				case protocol.CodeForbidden, protocol.CodeNotFound, protocol.CodeTooMany:
					refused++
				default:
					t.Fatal(code)
				}
			}
		}
		var want []int64
		for _, e := range w.all(u[1], conv) {
			i := slices.Index(want, e.RefSeq)
			switch {
			case e.Kind == protocol.KindPin && i < 0:
				want = append(want, e.RefSeq)
			case (e.Kind == protocol.KindUnpin || e.Kind == protocol.KindRecall) && i >= 0:
				want = slices.Delete(want, i, i+1)
			}
		}
		if got := pins(t, w, u[1], conv); !slices.Equal(got, want) || len(want) == 0 || len(want) > protocol.MaxPins || refused == 0 {
			t.Errorf("pinned are %v, want %v; %d refused", got, want, refused)
		}
	})
}
