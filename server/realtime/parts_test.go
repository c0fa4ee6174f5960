package realtime

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"mychat/protocol"
	"mychat/server/account"
	"mychat/server/bus"
)

// has puts i and reports whether there was room.
func (q *queue) has(i item) bool {
	ok, _ := q.put(i)
	return ok
}

func TestQueueIsBounded(t *testing.T) {
	q := &queue{limit: 10_000}
	frame := bytes.Repeat([]byte("x"), 1000)
	n := 0
	for q.has(item{frame: frame}) {
		n++
	}
	if n < 5 || n > 10 {
		t.Errorf("%d frames of 1,000 bytes fit in 10,000", n)
	}
	if !q.crowded() {
		t.Error("a full queue is not crowded")
	}
	taken := q.take()
	if len(taken) != n {
		t.Errorf("took %d, want %d", len(taken), n)
	}
	if q.has(item{frame: frame}) {
		t.Error("what is taken but not written takes no room")
	}
	q.done(taken...)
	if q.crowded() || !q.has(item{wake: &bus.Event{Frame: frame}}) {
		t.Error("room is not given back")
	}
}

func TestQueueIsBoundedInItems(t *testing.T) {
	q := &queue{limit: 1 << 30}
	for range maxQueued {
		if !q.has(item{}) {
			t.Fatal("full too early")
		}
	}
	if q.has(item{}) {
		t.Errorf("more than %d items wait", maxQueued)
	}
}

// A crowded queue tells the one who waits once it has room again.
func TestQueueEases(t *testing.T) {
	q := &queue{limit: 10_000}
	frame := item{frame: bytes.Repeat([]byte("x"), 3000)}
	if !q.has(frame) || q.easing() != nil {
		t.Fatal("crowded too early")
	}
	if !q.has(frame) || q.easing() == nil {
		t.Fatal("not crowded with more than half")
	}
	eased := q.easing()
	taken := q.take()
	select {
	case <-eased:
		t.Error("eased while what was taken is not written")
	default:
	}
	q.done(taken[0])
	select {
	case <-eased:
	default:
		t.Error("does not tell that it eased")
	}
}

// There is a writer exactly while there is something to write.
func TestQueueHasOneWriter(t *testing.T) {
	q := &queue{limit: 10_000}
	if _, write := q.put(item{}); write {
		t.Error("written before it is released")
	}
	if !q.release() {
		t.Error("nobody writes what waited for the release")
	}
	if _, write := q.put(item{}); write || q.release() {
		t.Error("two write")
	}
	if n := len(q.take()); n != 2 {
		t.Errorf("took %d, want 2", n)
	}
	if _, write := q.put(item{}); write {
		t.Error("two write, the first of them what it took")
	}
	if len(q.take()) != 1 || len(q.take()) != 0 {
		t.Error("what came meanwhile is not taken")
	}
	if _, write := q.put(item{}); !write {
		t.Error("nobody writes after the first writer is done")
	}
	q.take()
	q.close()
	q.take()
	if _, write := q.put(item{}); write || q.release() {
		t.Error("somebody writes after the end")
	}
}

func TestBareItems(t *testing.T) {
	e := bus.Event{Kind: bus.KindEntries, ConversationID: "c", First: 2, Last: 3, Frame: []byte("frame")}
	bare := item{wake: &e}.bare()
	if bare.wake.Frame != nil || bare.wake.Last != 3 || bare.wake.ConversationID != "c" {
		t.Errorf("bare wake %+v", bare.wake)
	}
	if e.Frame == nil {
		t.Error("the event of all sockets lost its frame")
	}
	if frame := (item{frame: []byte("reply")}).bare(); string(frame.frame) != "reply" {
		t.Error("a frame that cannot be read again was lost")
	}
}

func TestLongRunsAreCut(t *testing.T) {
	body := protocol.RawJSON(bytes.Repeat([]byte("1"), runBytes/2))
	var list []protocol.Entry
	for seq := range int64(5) {
		list = append(list, protocol.Entry{Seq: seq + 1, Body: body})
	}
	got := runs(list)
	if len(got) != 3 || len(got[0]) != 2 || len(got[2]) != 1 || got[2][0].Seq != 5 {
		t.Errorf("%d runs of %d entries of half a frame each", len(got), len(list))
	}
}

func TestRuns(t *testing.T) {
	entries := func(seqs ...int64) []protocol.Entry {
		var list []protocol.Entry
		for _, s := range seqs {
			list = append(list, protocol.Entry{Seq: s})
		}
		return list
	}
	for _, tt := range []struct {
		in   []int64
		want string
	}{
		{nil, "[]"},
		{[]int64{4}, "[[4]]"},
		{[]int64{4, 5, 6}, "[[4 5 6]]"},
		{[]int64{4, 6, 7, 9}, "[[4] [6 7] [9]]"},
	} {
		got := [][]int64{}
		for _, run := range runs(entries(tt.in...)) {
			var seqs []int64
			for _, e := range run {
				seqs = append(seqs, e.Seq)
			}
			got = append(got, seqs)
		}
		if fmt.Sprint(got) != tt.want {
			t.Errorf("runs(%v) = %v, want %s", tt.in, got, tt.want)
		}
	}
}

// world is two nodes that hear each other's notes when the test says so.
type world struct {
	now  time.Time
	a, b presence
}

func newWorld() *world {
	return &world{now: time.Unix(1000, 0), a: newPresence(), b: newPresence()}
}

// exchange delivers what each has to say until both are silent.
func (w *world) exchange() {
	for len(w.a.outbox)+len(w.b.outbox) > 0 {
		fromA, fromB := w.a.outbox, w.b.outbox
		w.a.outbox, w.b.outbox = nil, nil
		for _, n := range fromA {
			w.b.hear("b", "a", n, w.now)
		}
		for _, n := range fromB {
			w.a.hear("a", "b", n, w.now)
		}
		w.now = w.now.Add(2 * time.Second)
	}
}

func arrival(userID string) *conn { return &conn{caller: account.Caller{UserID: userID}} }

func TestNodesLearnOfEachOther(t *testing.T) {
	w := newWorld()
	early, late := arrival("early"), arrival("late")
	w.a.arrive(early)
	w.a.outbox = nil // Nobody heard it.
	w.b.hear("b", "a", note{Op: noteAlive, Generation: w.a.generation}, w.now)
	w.exchange()
	if !w.b.online("early") {
		t.Error("a user who was there before is not known")
	}
	w.a.arrive(late)
	w.exchange()
	if !w.b.online("late") || w.b.online("nobody") {
		t.Error("a user who came is not known")
	}
	w.a.leave(late, w.now)
	w.a.outbox = nil
	w.a.expire(w.now) // The goodbye is lost.
	w.a.outbox = nil
	if !w.b.online("late") {
		t.Error("known without having been told")
	}
	w.b.hear("b", "a", note{Op: noteAlive, Generation: w.a.generation}, w.now)
	w.exchange()
	if w.b.online("late") || !w.b.online("early") {
		t.Error("a loss was not mended")
	}
}

func TestLongListsComeInParts(t *testing.T) {
	w := newWorld()
	for i := range listPart*2 + 1 {
		w.a.arrive(arrival(fmt.Sprint("user", i)))
	}
	notes := w.a.lists()
	if len(notes) != 3 {
		t.Fatalf("%d parts, want 3", len(notes))
	}
	for _, n := range notes {
		w.b.hear("b", "a", n, w.now)
	}
	if got := len(w.b.nodes["a"].users); got != listPart*2+1 {
		t.Errorf("%d users known, want %d", got, listPart*2+1)
	}
}

// One who acknowledges what is not theirs must not crowd out others.
func TestAcksAreOfOnesOwnConversations(t *testing.T) {
	h, c := &Hub{routes: map[string]map[*conn]struct{}{}}, &conn{routed: map[string]struct{}{}}
	h.route(c, "7", "8")
	frame := []protocol.Read{{ConversationID: "8", Seq: 3}}
	for i := range 5000 {
		frame = append(frame, protocol.Read{ConversationID: fmt.Sprint(100 + i), Seq: 1})
	}
	frame = append(frame, protocol.Read{ConversationID: "7", Seq: 1}, protocol.Read{ConversationID: "07", Seq: 2}, protocol.Read{})
	want := []protocol.Read{{ConversationID: "8", Seq: 3}, {ConversationID: "7", Seq: 1}}
	if got := h.own(c, frame); !slices.Equal(got, want) {
		t.Errorf("%d positions are kept: %+.10v, want %+v", len(got), got, want)
	}
}

func TestSilentNodesLoseTheirUsers(t *testing.T) {
	w := newWorld()
	w.a.arrive(arrival("ana"))
	w.exchange()
	w.b.hear("b", "a", note{Op: noteAlive, Generation: w.a.generation}, w.now)
	if _, gone := w.b.forget(w.now.Add(-time.Second), w.now.Add(-time.Second)); len(gone) != 0 || !w.b.online("ana") {
		t.Errorf("gone = %v while the node is heard", gone)
	}
	if _, gone := w.b.forget(w.now, w.now.Add(-time.Second)); len(gone) != 1 || w.b.online("ana") {
		t.Errorf("gone = %v after silence", gone)
	}
}

func TestGoodbyeIsShorterThanSilence(t *testing.T) {
	w := newWorld()
	w.a.arrive(arrival("ana"))
	w.exchange()
	w.b.hear("b", "a", note{Op: noteBye}, w.now)
	if !w.b.online("ana") {
		t.Error("gone at once, with no time to come back on another node")
	}
	w.b.arrive(arrival("ana"))
	if _, gone := w.b.forget(w.now.Add(-time.Hour), w.now); len(gone) != 0 || !w.b.online("ana") {
		t.Errorf("gone = %v, though she came back here", gone)
	}
}

func TestStaySurvivesAShortBreak(t *testing.T) {
	p := newPresence()
	first, second := arrival("ana"), arrival("ana")
	now := time.Unix(1000, 0)
	p.arrive(first)
	p.leave(first, now)
	if _, gone := p.expire(now.Add(-time.Second)); len(gone) != 0 || !p.online("ana") {
		t.Errorf("gone = %v at once", gone)
	}
	p.arrive(second)
	if _, gone := p.expire(now.Add(time.Hour)); len(gone) != 0 || !p.online("ana") {
		t.Errorf("gone = %v with a socket open", gone)
	}
	p.leave(second, now)
	if _, gone := p.expire(now); len(gone) != 1 || p.online("ana") || len(p.here) != 0 {
		t.Errorf("gone = %v, here %v", gone, p.here)
	}
}

func FuzzDecodeFrame(f *testing.F) {
	for _, seed := range []string{
		`{"op":"hello","id":1,"body":{"token":"t","protocol":1,"journal_pos":0,"since_ms":0}}`,
		`{"op":"send","id":2,"body":{"conversation_id":"1","client_id":"01ARZ3NDEKTSV4RRFFQ69G5FAV","kind":"text","body":{"text":"hi"}}}`,
		`{"op":"read","id":3,"body":{"conversation_id":"1","seq":9}}`,
		`{"op":"ack","body":{"positions":[{"conversation_id":"1","seq":9}]}}`,
		`{"op":"typing","body":{"conversation_id":"1","on":true}}`,
		`{"op":"chat","id":4,"body":{"conversation_id":"1","pinned":true,"draft":{"text":"hi"}}}`,
		`{"op":"mark","id":5,"body":{"conversation_id":"1","seqs":[1,2],"starred":true}}`,
		`{"op":"entries"}`, `{"op":"dance","id":7}`, `{}`, `[]`, `null`, `{"op":1}`, `{"op":"send","id":-1}`, "\xff", `{"op":"send","body":null}`,
	} {
		f.Add([]byte(seed))
	}
	ops := []string{protocol.OpHello, protocol.OpSend, protocol.OpRead, protocol.OpAck, protocol.OpTyping, protocol.OpChat,
		protocol.OpSchedule, protocol.OpUnschedule, protocol.OpMark, protocol.OpSetPreference, opUnknown}
	f.Fuzz(func(t *testing.T, data []byte) {
		frame, err := decodeFrame(data)
		if err != nil {
			return
		}
		if !slices.Contains(ops, frame.Op) {
			t.Errorf("op %q of a client is accepted", frame.Op)
		}
		switch frame.Op {
		case protocol.OpHello:
			_, err = decodeBody[protocol.Hello](frame)
		case protocol.OpSend:
			var s protocol.Send
			if s, err = decodeBody[protocol.Send](frame); err == nil && s.Check() == nil && !json.Valid(s.Body) {
				t.Errorf("a body that is no JSON passes: %q", s.Body)
			}
		case protocol.OpRead:
			_, err = decodeBody[protocol.Read](frame)
		case protocol.OpAck:
			_, err = decodeBody[protocol.Ack](frame)
		case protocol.OpTyping:
			_, err = decodeBody[protocol.Typing](frame)
		case protocol.OpChat:
			_, err = decodeBody[protocol.UpdateChat](frame)
		case protocol.OpMark:
			var u protocol.UpdateMarks
			if u, err = decodeBody[protocol.UpdateMarks](frame); err == nil && u.Check() == nil && (len(u.Seqs) > protocol.MaxMarks || slices.Min(u.Seqs) < 1) {
				t.Errorf("marks of %d messages pass", len(u.Seqs))
			}
		}
		if err != nil && protocol.AsError(err).Code != protocol.CodeInvalid {
			t.Errorf("decodeBody(%q): %v, want an error for the client", data, err)
		}
		if _, err := encodeReply(frame.ID, struct{}{}, nil); err != nil {
			t.Errorf("encodeReply: %v", err)
		}
	})
}

func FuzzPresenceNotes(f *testing.F) {
	f.Add([]byte(`{"op":"list","generation":3,"users":["a","b"],"part":0,"parts":1}`), []byte(`{"op":"out","generation":4,"users":["a"]}`))
	f.Add([]byte(`{"op":"list","part":-1,"parts":0}`), []byte(`{"op":"ask","to":""}`))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		p := newPresence()
		for _, data := range [][]byte{first, second, first} {
			var n note
			if json.Unmarshal(data, &n) == nil {
				p.hear("self", "other", n, time.Unix(1000, 0))
			}
		}
		p.forget(time.Unix(2000, 0), time.Unix(2000, 0))
		if len(p.nodes) != 0 {
			t.Errorf("nodes = %v after a long silence", p.nodes)
		}
	})
}

func FuzzJournalRows(f *testing.F) {
	f.Add([]byte(`{"op":"journal","body":{"rows":[{"useq":1,"kind":"contact","created_ms":1,"body":{}}]}}`))
	f.Add([]byte(`{"op":"journal"}`))
	f.Fuzz(func(t *testing.T, frame []byte) {
		rows, err := journalRows(frame)
		if err != nil && len(rows) > 0 {
			t.Errorf("%d rows with error %v", len(rows), err)
		}
	})
}
