package outbox

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"mychat/backend/store"
	"mychat/protocol"
)

func ptr[T any](v T) *T { return &v }

// toldOf returns what the server was told of conversations, in order.
func (f *far) toldOf() []protocol.UpdateChat {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]protocol.UpdateChat{}, f.told...)
}

func change(t *testing.T, s *store.Store, id string, c store.ChatChange) {
	t.Helper()
	if err := s.UpdateChat(t.Context(), id, c); err != nil {
		t.Fatal(err)
	}
}

func conversation(t *testing.T, s *store.Store, id string) store.Conversation {
	t.Helper()
	list, err := s.ConversationsByID(t.Context(), []string{id})
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	return list[0]
}

// until polls until done is true; how long it takes is not the test's matter.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	deadline := time.After(time.Minute)
	for !done() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("never: %s", what)
		}
	}
}

func TestSettingsAreToldOnceAsTheyAreInTheEnd(t *testing.T) {
	s, f := openStore(t, "c1", "c2"), newFar()
	o := newOutbox(s, f)
	change(t, s, "c2", store.ChatChange{Archived: ptr(true)})
	change(t, s, "c1", store.ChatChange{Muted: ptr(true)})
	change(t, s, "c1", store.ChatChange{Muted: ptr(false)})
	change(t, s, "c1", store.ChatChange{Muted: ptr(true)})
	defer run(t, o)()
	o.SetOnline(true)
	until(t, "both told", func() bool { return len(f.toldOf()) == 2 })
	until(t, "nothing waits", func() bool {
		waiting, err := s.OutgoingChats(t.Context())
		return err == nil && len(waiting) == 0
	})
	if !conversation(t, s, "c1").Muted || !conversation(t, s, "c2").Archived {
		t.Error("the answer took something back")
	}
	if got := f.toldOf(); len(got) != 2 {
		t.Errorf("told %+v", got)
	}
}

func TestSettingsAreRetriedAndRefusedOnesUndone(t *testing.T) {
	s, f := openStore(t, "c1", "c2"), newFar()
	o := newOutbox(s, f)
	tries := 0
	f.sayChat = func(u protocol.UpdateChat) error {
		if u.ConversationID == "c2" {
			return protocol.ErrNotMember
		}
		if tries++; tries < 4 {
			return errLost
		}
		return nil
	}
	change(t, s, "c1", store.ChatChange{Muted: ptr(true)})
	change(t, s, "c2", store.ChatChange{Muted: ptr(true)})
	defer run(t, o)()
	o.SetOnline(true)
	until(t, "nothing waits", func() bool {
		waiting, err := s.OutgoingChats(t.Context())
		return err == nil && len(waiting) == 0
	})
	if !conversation(t, s, "c1").Muted {
		t.Error("what was retried is undone")
	}
	if conversation(t, s, "c2").Muted {
		t.Error("what was refused is shown")
	}
}

func draft(t *testing.T, s *store.Store, words string) {
	t.Helper()
	if err := s.SaveDraft(t.Context(), "c1", protocol.Draft{Text: words}); err != nil {
		t.Fatal(err)
	}
}

// TestDraftsRestWhileTheUserWrites types for a while by a clock of its own.
func TestDraftsRestWhileTheUserWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := openStore(t, "c1"), newFar()
		o := newOutbox(s, f)
		var at []time.Duration
		begun := time.Now()
		o.opt.Chat = func(ctx context.Context, u protocol.UpdateChat) (protocol.ChatUpdated, error) {
			at = append(at, time.Since(begun))
			return f.chat(ctx, u)
		}
		stop := run(t, o)
		o.SetOnline(true)
		for i := range 50 { // Five seconds.
			draft(t, s, numbered(i))
			synctest.Wait()
			<-time.After(100 * time.Millisecond)
		}
		if len(at) != 3 {
			t.Errorf("told at %v", at)
		}
		for i := 1; i < len(at); i++ {
			if at[i]-at[i-1] < 2*time.Second {
				t.Errorf("told at %v: too often", at)
			}
		}
		draft(t, s, "the end")
		o.DraftDone("c1")
		synctest.Wait()
		told := f.toldOf()
		if got := told[len(told)-1].Draft.Text; got != "the end" || time.Since(begun) > 5*time.Second+time.Millisecond {
			t.Errorf("after leaving, the server has %q", got)
		}
		stop()
	})
}

func numbered(i int) string { return string(rune('a'+i%26)) + string(rune('a'+i/26)) }

func TestOtherSettingsDoNotRestWithTheDraft(t *testing.T) {
	s, f := openStore(t, "c1"), newFar()
	o := newOutbox(s, f)
	o.opt.DraftPause = time.Hour
	defer run(t, o)()
	o.SetOnline(true)
	draft(t, s, "a")
	until(t, "the first draft", func() bool { return len(f.toldOf()) == 1 })
	draft(t, s, "ab")
	change(t, s, "c1", store.ChatChange{Pinned: ptr(true)})
	until(t, "the pin", func() bool { return len(f.toldOf()) == 2 })
	if got := f.toldOf()[1]; got.Draft != nil || got.Pinned == nil {
		t.Errorf("told %+v", got)
	}
	if got := conversation(t, s, "c1").Draft; got != "ab" {
		t.Errorf("the draft became %q", got)
	}
}
