package bridge

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mychat/protocol"
)

// drain returns the batches that wait for s.
func drain(s *Subscription) [][]Event {
	var batches [][]Event
	for {
		select {
		case b, ok := <-s.C:
			if !ok {
				return batches
			}
			batches = append(batches, b)
		default:
			return batches
		}
	}
}

func TestEventsAreMergedIntoOneBatchPerFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed()
		_, s := f.subscribe(0)
		start := time.Now()

		f.push(Event{Kind: EventContacts}) // After a pause: at once.
		if got := drain(s); len(got) != 1 || len(got[0]) != 1 || got[0][0].Seq != 1 {
			t.Fatalf("first batch = %+v, want event 1 at once", got)
		}
		online, off := Connection{State: ConnectionOnline}, Connection{State: ConnectionOff}
		ana := protocol.Presence{UserID: "ana", Online: true}
		f.push(Event{Kind: EventMessages, ConversationID: "c1", IDs: []string{"m1", "m2"}}, Event{Kind: EventConnection, Connection: &off})
		f.push(Event{Kind: EventMessages, ConversationID: "c2", IDs: []string{"m1"}}, presence(ana))
		f.push(Event{Kind: EventMessages, ConversationID: "c1", IDs: []string{"m2", "m3"}}, Event{Kind: EventConnection, Connection: &online})
		ana.Online = false
		f.push(presence(ana), presence(protocol.Presence{UserID: "bo"}))
		f.push(Event{Kind: EventNotice, Notice: &Notice{Title: "1"}}, Event{Kind: EventNotice, Notice: &Notice{Title: "2"}})
		if got := drain(s); len(got) != 0 {
			t.Fatalf("a batch came %v after the last: %+v", time.Since(start), got)
		}
		nextFrame()
		got := drain(s)
		want := []Event{
			{Seq: 2, Kind: EventMessages, ConversationID: "c1", IDs: []string{"m1", "m2", "m3"}},
			{Seq: 3, Kind: EventConnection, Connection: &online},
			{Seq: 4, Kind: EventMessages, ConversationID: "c2", IDs: []string{"m1"}},
			{Seq: 5, Kind: EventPresence, Presence: &ana},
			{Seq: 6, Kind: EventPresence, Presence: &protocol.Presence{UserID: "bo"}},
			{Seq: 7, Kind: EventNotice, Notice: &Notice{Title: "1"}},
			{Seq: 8, Kind: EventNotice, Notice: &Notice{Title: "2"}},
		}
		if len(got) != 1 || !reflect.DeepEqual(got[0], want) {
			t.Errorf("second batch = %s, want %s", show(got), show(want))
		}
		if b := f.since(8); b.Connection != online {
			t.Errorf("connection = %+v, want the last one", b.Connection)
		}
	})
}

// nextFrame lets a bubble's time pass until the next batch may come.
func nextFrame() {
	<-time.After(flushEvery)
	synctest.Wait()
}

func presence(p protocol.Presence) Event { return Event{Kind: EventPresence, Presence: &p} }

func show(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

func TestTooManyIDsMeanAny(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed()
		_, s := f.subscribe(0)
		f.push(Event{Kind: EventContacts})
		drain(s)
		for i := range 3 * maxEventIDs {
			f.push(Event{Kind: EventMessages, ConversationID: "c", IDs: []string{fmt.Sprint("m", i)}})
		}
		f.push(
			Event{Kind: EventConversations, IDs: []string{"a"}},
			Event{Kind: EventConversations},
			Event{Kind: EventConversations, IDs: []string{"b"}},
			Event{Kind: EventMessages, ConversationID: "long", IDs: []string{strings.Repeat("x", maxEventIDBytes)}},
			Event{Kind: EventMessages, ConversationID: "few", IDs: []string{"m"}},
		)
		nextFrame()
		want := []Event{
			{Seq: 2, Kind: EventMessages, ConversationID: "c"},
			{Seq: 3, Kind: EventConversations},
			{Seq: 4, Kind: EventMessages, ConversationID: "long"},
			{Seq: 5, Kind: EventMessages, ConversationID: "few", IDs: []string{"m"}},
		}
		if got := drain(s); len(got) != 1 || !reflect.DeepEqual(got[0], want) {
			t.Errorf("got %s, want %s", show(got), show(want))
		}
	})
}

func TestBatchesStaySmall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed()
		_, s := f.subscribe(0)
		f.push(Event{Kind: EventContacts})
		for i := range 60 {
			ids := make([]string, 80)
			for j := range ids {
				ids[j] = fmt.Sprintf("01M83M42DJQCQTW82EF2751GRJ/01M83M42DJQCQTW82EF275%04d", j)
			}
			f.push(Event{Kind: EventMessages, ConversationID: fmt.Sprint("c", i), IDs: ids})
		}
		nextFrame()
		next := int64(1)
		for _, batch := range drain(s) {
			if n := len(show(batch)); n > 8<<10 {
				t.Errorf("a batch has %d bytes, want at most 8 kB", n)
			}
			for _, e := range batch {
				if e.Seq != next {
					t.Fatalf("seq = %d, want %d", e.Seq, next)
				}
				next++
			}
		}
		if next != 62 {
			t.Errorf("%d events came, want 61", next-1)
		}
	})
}

func TestBacklog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed()
		const all = keptEvents + 50
		for range all {
			f.push(Event{Kind: EventContacts})
			nextFrame()
		}
		for _, tt := range []struct {
			name  string
			since int64
			count int
			reset bool
		}{
			{"a page that heard nothing", 0, 0, false},
			{"up to date", all, 0, false},
			{"missed one", all - 1, 1, false},
			{"missed all that is kept", 50, keptEvents, false},
			{"missed more than is kept", 49, 0, true},
			{"of another run", all + 1, 0, true},
		} {
			b := f.since(tt.since)
			if len(b.Events) != tt.count || b.Reset != tt.reset || b.Seq != all || b.Events == nil {
				t.Errorf("%s: %d events, reset %v, seq %d; want %d, %v, %d", tt.name, len(b.Events), b.Reset, b.Seq, tt.count, tt.reset, all)
			}
			for i, e := range b.Events {
				if want := tt.since + int64(i) + 1; e.Seq != want {
					t.Fatalf("%s: event %d has seq %d, want %d", tt.name, i, e.Seq, want)
				}
			}
		}
	})
}

func TestSlowListenerIsCutAndReturns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed()
		_, slow := f.subscribe(0)
		_, quick := f.subscribe(0)
		var heard []Event
		for range queuedBatches + 10 {
			f.push(Event{Kind: EventContacts})
			heard = append(heard, slices.Concat(drain(quick)...)...)
			nextFrame()
		}
		if len(heard) != queuedBatches+10 {
			t.Errorf("the quick one heard %d events, want all %d", len(heard), queuedBatches+10)
		}
		var last int64
		for batch := range slow.C { // Ends, because it was cut.
			last = batch[len(batch)-1].Seq
		}
		b, again := f.subscribe(last)
		if b.Reset || len(b.Events) == 0 || b.Events[0].Seq != last+1 || last+int64(len(b.Events)) != b.Seq {
			t.Errorf("backlog after %d = %+v, want all that was missed", last, b)
		}
		slow.Close() // Once more does no harm.
		again.Close()
		quick.Close()
		f.push(Event{Kind: EventContacts})
		if _, ok := <-again.C; ok {
			t.Error("a closed subscription heard something")
		}
	})
}
