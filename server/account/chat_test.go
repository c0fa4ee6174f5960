package account_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"mychat/protocol"
	"mychat/server/account"
)

func ptr[T any](v T) *T { return &v }

// chat changes p's settings of a conversation, which must be accepted.
func (p person) chat(u protocol.UpdateChat) protocol.ChatUpdated {
	p.w.t.Helper()
	got, err := p.w.UpdateChat(p.w.t.Context(), p.Caller, u)
	if err != nil {
		p.w.t.Fatalf("update settings: %v", err)
	}
	return got
}

func TestChatSettings(t *testing.T) {
	each(t, account.Options{}, func(t *testing.T, w *world) {
		ana, bob, eve := w.register("ana_lind"), w.register("bob_2026"), w.register("eve_2026")
		conv, other := w.befriend(ana, bob), w.befriend(ana, eve)

		first := ana.chat(protocol.UpdateChat{ConversationID: conv, Pinned: ptr(true)})
		if first.Chat.PinnedMS != w.clock.Now().UnixMilli() || first.Useq == 0 {
			t.Fatalf("pinned: got %+v", first)
		}
		if got := last[protocol.ChatSettings](ana, protocol.JournalChat); !reflect.DeepEqual(got, first.Chat) {
			t.Errorf("the journal says %+v, the answer %+v", got, first.Chat)
		}

		t.Run("one field leaves the others", func(t *testing.T) {
			draft := &protocol.Draft{Text: "half a", RefSeq: 1, Mentions: []string{bob.UserID}}
			got := ana.chat(protocol.UpdateChat{ConversationID: conv, Muted: ptr(true), Draft: draft})
			want := first.Chat
			want.Muted = true
			want.Draft = &protocol.Draft{Text: "half a", RefSeq: 1, Mentions: []string{bob.UserID}, EditedMS: w.clock.Now().UnixMilli()}
			if !reflect.DeepEqual(got.Chat, want) {
				t.Errorf("got %+v, want %+v", got.Chat, want)
			}
		})

		t.Run("in folders, all that it is in", func(t *testing.T) {
			in := []string{"01K9F0DER00000000000000000", "01K9F0DER00000000000000001"}
			if got := ana.chat(protocol.UpdateChat{ConversationID: other, Folders: &in}); !reflect.DeepEqual(got.Chat.Folders, in) {
				t.Errorf("got %+v", got.Chat)
			}
			if got := ana.chat(protocol.UpdateChat{ConversationID: other, Archived: ptr(false)}); !reflect.DeepEqual(got.Chat.Folders, in) {
				t.Errorf("another field changed it: %+v", got.Chat)
			}
			got := ana.chat(protocol.UpdateChat{ConversationID: other, Folders: &[]string{}})
			if got.Chat.Folders != nil {
				t.Errorf("in none: %+v", got.Chat)
			}
		})

		t.Run("a repeat is a success and makes no row", func(t *testing.T) {
			w.clock.add(time.Hour)
			before := rows[protocol.ChatSettings](ana, protocol.JournalChat)
			u := protocol.UpdateChat{ConversationID: conv, Pinned: ptr(true), Draft: &protocol.Draft{Text: "half a", RefSeq: 1, Mentions: []string{bob.UserID}}}
			got := ana.chat(u)
			if got.Chat.PinnedMS != first.Chat.PinnedMS || got.Useq <= first.Useq {
				t.Errorf("got %+v", got)
			}
			if after := rows[protocol.ChatSettings](ana, protocol.JournalChat); !reflect.DeepEqual(after, before) {
				t.Errorf("rows %+v became %+v", before, after)
			}
		})

		t.Run("two pinned in one moment have an order", func(t *testing.T) {
			got := ana.chat(protocol.UpdateChat{ConversationID: other, Pinned: ptr(true)}).Chat.PinnedMS
			ana.chat(protocol.UpdateChat{ConversationID: conv, Pinned: ptr(false)})
			again := ana.chat(protocol.UpdateChat{ConversationID: conv, Pinned: ptr(true)}).Chat.PinnedMS
			if again <= got {
				t.Errorf("pinned at %d, then at %d", got, again)
			}
		})

		t.Run("places are not beyond the log", func(t *testing.T) {
			got := ana.chat(protocol.UpdateChat{ConversationID: conv, HiddenSeq: ptr(int64(1 << 40)), UnreadSeq: ptr(int64(1))}).Chat
			if got.HiddenSeq != 1 || got.UnreadSeq != 1 {
				t.Errorf("hidden at %d, unread at %d of 1", got.HiddenSeq, got.UnreadSeq)
			}
		})

		t.Run("only the newest row of a conversation is kept whole", func(t *testing.T) {
			if got := rows[protocol.ChatSettings](ana, protocol.JournalChat); len(got) != 2 {
				t.Errorf("the journal keeps %+v", got)
			}
			all := rows[struct{}](ana, protocol.JournalVoid)
			if len(all) == 0 {
				t.Error("no row was made void")
			}
		})

		t.Run("a device that starts anew gets them", func(t *testing.T) {
			state, err := w.journal.Sync(t.Context(), ana.UserID, 0)
			if err != nil || !state.Reset {
				t.Fatalf("%+v, %v", state, err)
			}
			chats := 0
			for _, r := range state.Rows {
				if r.Kind == protocol.JournalChat {
					chats++
				}
			}
			if chats != 2 {
				t.Errorf("%d conversations with settings, want 2", chats)
			}
		})

		t.Run("an empty draft removes it", func(t *testing.T) {
			if got := ana.chat(protocol.UpdateChat{ConversationID: conv, Draft: &protocol.Draft{}}).Chat; got.Draft != nil {
				t.Errorf("still %+v", got.Draft)
			}
		})

		t.Run("nobody else is told", func(t *testing.T) {
			if got := rows[protocol.ChatSettings](bob, protocol.JournalChat); len(got) != 0 {
				t.Errorf("Bob's journal has %+v", got)
			}
		})

		for _, tt := range []struct {
			name string
			who  person
			u    protocol.UpdateChat
			want protocol.Code
		}{
			{"a stranger", eve, protocol.UpdateChat{ConversationID: conv, Muted: ptr(true)}, protocol.CodeNotMember},
			{"nowhere", ana, protocol.UpdateChat{ConversationID: "1", Muted: ptr(true)}, protocol.CodeNotMember},
			{"no conversation", ana, protocol.UpdateChat{Muted: ptr(true)}, protocol.CodeInvalid},
			{"a long draft", ana, protocol.UpdateChat{ConversationID: conv, Draft: &protocol.Draft{Text: strings.Repeat("界", protocol.MaxTextRunes+1)}}, protocol.CodeInvalid},
			{"a draft that mentions nobody", ana, protocol.UpdateChat{ConversationID: conv, Draft: &protocol.Draft{Mentions: []string{"x"}}}, protocol.CodeInvalid},
			{"a place before the log", ana, protocol.UpdateChat{ConversationID: conv, HiddenSeq: ptr(int64(-1))}, protocol.CodeInvalid},
		} {
			_, err := w.UpdateChat(t.Context(), tt.who.Caller, tt.u)
			wantCode(t, tt.name, err, tt.want)
		}

		t.Run("a former friend keeps their own", func(t *testing.T) {
			if err := w.RemoveFriend(t.Context(), ana.Caller, bob.UserID); err != nil {
				t.Fatal(err)
			}
			if got := bob.chat(protocol.UpdateChat{ConversationID: conv, Archived: ptr(true)}); !got.Chat.Archived {
				t.Errorf("got %+v", got)
			}
		})
	})
}
