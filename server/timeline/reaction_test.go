package timeline_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/oklog/ulid/v2"
	"pgregory.net/rapid"

	"mychat/protocol"
	"mychat/server/store"
	"mychat/server/store/storetest"
	"mychat/server/timeline"
)

var emoji = []string{"👍", "❤️", "😂", "🎉", "👨‍👩‍👧"}

func reaction(conv string, seq int64, emoji string, off bool) protocol.Send {
	body, err := protocol.Encode(protocol.Reaction{Emoji: emoji, Off: off})
	if err != nil {
		panic(err)
	}
	return protocol.Send{
		ConversationID: conv, ClientID: ulid.Make().String(), Kind: protocol.KindReaction, RefSeq: seq, Body: body,
	}
}

func TestWhoMayReact(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w, _ := changeable(t, st)
		u := people(t, st, 4)
		conv, former := direct(t, st, u[0], u[1]), direct(t, st, u[0], u[2])
		inFormer := w.append(u[2], text(former, "from a former friend")).Seq
		closed(t, st, former, true)
		message := w.append(u[0], text(conv, "hello")).Seq
		gone := w.append(u[0], text(conv, "gone")).Seq
		w.append(u[1], reaction(conv, gone, "👍", false))
		act := w.append(u[0], recall(conv, gone)).Seq
		for _, tt := range []struct {
			name   string
			by     string
			send   protocol.Send
			refuse protocol.Code
		}{
			{"the other side", u[1], reaction(conv, message, "👍", false), ""},
			{"the sender", u[0], reaction(conv, message, "👍", false), ""},
			{"again", u[0], reaction(conv, message, "👍", false), ""},
			{"off", u[0], reaction(conv, message, "👍", true), ""},
			{"off again", u[0], reaction(conv, message, "👍", true), ""},
			{"off what nobody put", u[0], reaction(conv, message, "🎉", true), ""},
			{"a stranger", u[3], reaction(conv, message, "👍", false), protocol.CodeNotMember},
			{"a former friend", u[2], reaction(former, inFormer, "👍", false), protocol.CodeNotFriend},
			{"to a former friend", u[0], reaction(former, inFormer, "👍", false), protocol.CodeNotFriend},
			{"to what was recalled", u[1], reaction(conv, gone, "👍", false), protocol.CodeNotFound},
			{"off what was recalled", u[1], reaction(conv, gone, "👍", true), protocol.CodeNotFound},
			{"to an entry that acts", u[1], reaction(conv, act, "👍", false), protocol.CodeNotFound},
			{"to a seq that was not given", u[1], reaction(conv, 99, "👍", false), protocol.CodeInvalid},
		} {
			_, err := w.Append(t.Context(), tt.by, tt.send)
			if refusal(err) != tt.refuse {
				t.Errorf("%s: got %v, want %q", tt.name, err, tt.refuse)
			}
		}
		list := w.all(u[0], conv)
		if want := []protocol.Reactions{{Emoji: "👍", Users: []string{u[1]}, Seqs: []int64{message + 4}}}; !reflect.DeepEqual(list[message-1].Reactions, want) {
			t.Errorf("reactions %+v, want %+v", list[message-1].Reactions, want)
		}
		if e := list[gone-1]; e.RecalledMS == 0 || e.Reactions != nil {
			t.Errorf("the recalled one is %+v", e)
		}
		if e := list[gone]; e.Kind != protocol.KindReaction || string(e.Body) != "{}" {
			t.Errorf("the reaction to it is still %s", e.Body)
		}
		if got := unread(t, w, u[1], conv); got != 1 {
			t.Errorf("unread: %d", got)
		}
	})
}

// TestReactionsStandWhereTheirLastWordDoes holds the list that the server keeps
// against the log that made it: whoever reads the log from anywhere on must come to
// the same one.
func TestReactionsStandWhereTheirLastWordDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type pair struct{ emoji, user string }
		last := map[pair]int64{} // The last word about each, if that is that it is there.
		var list []protocol.Reactions
		for seq := int64(2); seq < rapid.Int64Range(3, 40).Draw(t, "end"); seq++ {
			p := pair{rapid.SampledFrom(emoji[:3]).Draw(t, "emoji"), rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "user")}
			off := rapid.Bool().Draw(t, "off")
			now, err := timeline.Reacted(list, p.user, seq, protocol.Reaction{Emoji: p.emoji, Off: off})
			if err != nil {
				t.Fatal(err)
			}
			list = now
			if last[p] = seq; off {
				delete(last, p)
			}
			var got []pair
			var first []int64
			for _, r := range list {
				first = append(first, r.Seqs[0])
				for i, user := range r.Users {
					got = append(got, pair{r.Emoji, user})
					if last[pair{r.Emoji, user}] != r.Seqs[i] || i > 0 && r.Seqs[i-1] >= r.Seqs[i] {
						t.Fatalf("after entry %d: %+v, want %v", seq, list, last)
					}
				}
			}
			if len(got) != len(last) || !slices.IsSorted(first) {
				t.Fatalf("after entry %d: %+v, want %v", seq, list, last)
			}
		}
	})
}

func TestReactionsAreBounded(t *testing.T) {
	nth := func(i int) string { return string(rune(0x1f600 + i)) }
	var list []protocol.Reactions
	seq := int64(1)
	try := func(user int, emoji string, off bool) protocol.Code {
		seq++
		now, err := timeline.Reacted(list, fmt.Sprint(user), seq, protocol.Reaction{Emoji: emoji, Off: off})
		if err == nil {
			list = now
		}
		return refusal(err)
	}
	for i := range protocol.MaxReactions {
		if got := try(i/protocol.MaxOwnReactions, nth(i), false); got != "" {
			t.Fatalf("emoji %d: %q", i, got)
		}
	}
	for _, tt := range []struct {
		name  string
		user  int
		emoji string
		off   bool
		want  protocol.Code
	}{
		{"one too many by one user", 0, nth(10), false, protocol.CodeTooMany},
		{"one too many in all", 50, nth(40), false, protocol.CodeTooMany},
		{"one that is there", 50, nth(0), false, ""},
		{"what they put already", 0, nth(0), false, ""},
		{"taking away what they did not put", 0, nth(10), true, ""},
		{"taking away the only one", 0, nth(1), true, ""},
		{"another instead", 0, nth(40), false, ""},
	} {
		if got := try(tt.user, tt.emoji, tt.off); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if both := list[len(list)-2]; len(list) != protocol.MaxReactions || !slices.Equal(both.Users, []string{"50", "0"}) || list[len(list)-1].Emoji != nth(40) {
		t.Errorf("there are %+v", list)
	}
}
