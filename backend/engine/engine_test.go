package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"mychat/backend/notify"
	"mychat/backend/remote"
	"mychat/backend/store"
	"mychat/protocol"
)

func options(dir, server string) Options {
	return Options{
		Dir: dir, Server: server, Token: "tok", Me: me,
		Transport: remote.Transport{Proxy: remote.Proxy{Kind: remote.ProxyNone}},
		Notify:    notify.Settings{Notify: true, Preview: true},
		Log:       slog.New(slog.DiscardHandler),
		Socket:    remote.SocketOptions{FirstPause: 5 * time.Millisecond, LongPause: 50 * time.Millisecond, Answer: 5 * time.Second},
		Retry:     remote.Backoff{First: 5 * time.Millisecond, Longest: 50 * time.Millisecond},
	}
}

// device is a running engine and what it told.
type device struct {
	*Engine
	events *events
	close  func()
	ended  chan error
}

// events collects what Next returns.
type events struct {
	mu   sync.Mutex
	all  []Event
	news chan struct{}
}

func (e *events) listen(ctx context.Context, engine *Engine) {
	for {
		some, err := engine.Next(ctx)
		if err != nil {
			return
		}
		e.mu.Lock()
		e.all = append(e.all, some...)
		e.mu.Unlock()
		select {
		case e.news <- struct{}{}:
		default:
		}
	}
}

// await waits for an event of a type that match accepts.
func await[T Event](t testing.TB, d *device, match func(T) bool) T {
	t.Helper()
	deadline := time.After(time.Minute)
	seen := 0
	for {
		d.events.mu.Lock()
		all := d.events.all[seen:]
		d.events.mu.Unlock()
		for _, e := range all {
			if v, ok := e.(T); ok && match(v) {
				return v
			}
		}
		seen += len(all)
		select {
		case <-d.events.news:
		case <-deadline:
			t.Fatalf("no such %T", *new(T))
		}
	}
}

func start(t testing.TB, opt Options) *device {
	t.Helper()
	e, err := Open(t.Context(), opt)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	d := &device{Engine: e, events: &events{news: make(chan struct{}, 1)}, ended: make(chan error, 1)}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { d.events.listen(ctx, e) })
	running.Go(func() { d.ended <- e.Run(ctx) })
	d.close = sync.OnceFunc(func() {
		cancel()
		running.Wait()
		if err := e.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	t.Cleanup(d.close)
	return d
}

func (d *device) online(t testing.TB) {
	t.Helper()
	until(t, "online", func() error {
		if c := d.Connection(); c.State != ConnectionOnline {
			return fmt.Errorf("connection %+v", c)
		}
		return nil
	})
}

// until waits for a condition that nothing announces.
func until(t testing.TB, what string, check func() error) {
	t.Helper()
	deadline := time.After(time.Minute)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		err := check()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%s: %v", what, err)
		}
	}
}

func (d *device) page(t testing.TB, q store.PageQuery) store.Page {
	t.Helper()
	q.ConversationID = conv
	p, err := d.Page(t.Context(), q)
	if err != nil {
		t.Fatalf("Page: %v", err)
	}
	return p
}

func words(p store.Page) []string {
	out := []string{}
	for _, m := range p.Messages {
		out = append(out, m.Text)
	}
	return out
}

func (d *device) say(t testing.TB, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if _, err := d.Send(t.Context(), conv, text); err != nil {
			t.Fatalf("Send: %v", err)
		}
	}
}

// agrees waits until the device shows exactly these texts, all of them sent.
func (d *device) agrees(t testing.TB, want []string) {
	t.Helper()
	until(t, "the device has everything", func() error {
		p := d.page(t, store.PageQuery{Limit: protocol.MaxPage})
		if got := words(p); !slices.Equal(got, want) {
			return fmt.Errorf("it has %q, want %q", got, want)
		}
		for _, m := range p.Messages {
			if m.Status != store.StatusSent {
				return fmt.Errorf("%+v", m)
			}
		}
		return nil
	})
}

// nowhere is an address at which nobody listens.
const nowhere = "http://127.0.0.1:1"

func TestOpensAndReadsWithoutANetwork(t *testing.T) {
	dir, f := t.TempDir(), newFar(t)
	f.say("one", "two")
	d := start(t, options(dir, f.URL))
	d.online(t)
	d.agrees(t, []string{"one", "two"})
	d.close()

	opt := options(dir, nowhere)
	opt.Me = protocol.Me{Profile: protocol.Profile{ID: self}}
	e, err := Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	d = &device{Engine: e}
	defer e.Close()
	if got := words(d.page(t, store.PageQuery{})); !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("page = %v", got)
	}
	list, err := e.Conversations(t.Context())
	if err != nil || len(list) != 1 || list[0].Peer.Nickname != "Peter" || !list[0].Friend || list[0].Unread != 2 {
		t.Errorf("Conversations = %+v, %v", list, err)
	}
	if got, err := e.Me(t.Context()); err != nil || got != me {
		t.Errorf("Me = %+v, %v", got, err)
	}
	if n, err := e.Unread(t.Context()); err != nil || n != 2 {
		t.Errorf("Unread = %d, %v", n, err)
	}
	if _, err := e.SearchPeople(t.Context(), "peter"); !errors.Is(err, ErrOffline) || ProblemOf(err).Code != CodeOffline {
		t.Errorf("SearchPeople = %v, want offline", err)
	}
}

func TestQueuedOfflineGoesOutInOrder(t *testing.T) {
	dir, f := t.TempDir(), newFar(t)
	d := start(t, options(dir, f.URL))
	d.online(t)
	d.close()
	d = start(t, options(dir, nowhere))
	d.say(t, "a", "b", "c")
	d.close()
	d = start(t, options(dir, f.URL))
	d.agrees(t, []string{"a", "b", "c"})
	if got := f.texts(); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("the server has %v", got)
	}
}

func TestEventsOfAConversation(t *testing.T) {
	f := newFar(t)
	f.presence = []protocol.Presence{{UserID: peer, Online: true}}
	d := start(t, options(t.TempDir(), f.URL))
	await(t, d, func(e PresenceChanged) bool { return e.Presence.UserID == peer && e.Presence.Online })
	await(t, d, func(e ConnectionChanged) bool { return e.Connection.State == ConnectionOnline })

	f.push(protocol.OpTyping, protocol.Typing{ConversationID: conv, UserID: peer, On: true})
	typing := await(t, d, func(e TypingChanged) bool { return e.UntilMS > 0 })
	if left := typing.UntilMS - time.Now().UnixMilli(); typing.UserID != peer || left <= 0 || left > protocol.TypingForMS {
		t.Errorf("typing = %+v", typing)
	}
	f.say("hello")
	await(t, d, func(e TypingChanged) bool { return e.UntilMS == 0 })
	await(t, d, func(e MessagesChanged) bool { return e.ConversationID == conv })
	await(t, d, func(e ConversationsChanged) bool { return slices.Contains(e.IDs, conv) })
	await(t, d, func(e UnreadChanged) bool { return e.Total == 1 })
	n := await(t, d, func(NoticeRaised) bool { return true }).Notice
	if n.Title != "Peter" || n.Body != "hello" || n.ConversationID != conv {
		t.Errorf("notice = %+v", n)
	}
	if err := d.MarkRead(t.Context(), conv, 1); err != nil {
		t.Fatal(err)
	}
	await(t, d, func(e NoticesOver) bool {
		return e.ConversationID == conv && slices.Equal(e.MessageIDs, []string{n.MessageID})
	})
	await(t, d, func(e UnreadChanged) bool { return e.Total == 0 })
	until(t, "the server is told", func() error {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.read != 1 || len(f.acks) == 0 {
			return fmt.Errorf("read %d, acks %v", f.read, f.acks)
		}
		return nil
	})
	f.push(protocol.OpPositions, protocol.Position{ConversationID: conv, UserID: peer, DeliveredSeq: 1, ReadSeq: 1})
	until(t, "the position is here", func() error {
		if c, err := d.ConversationsByID(t.Context(), []string{conv}); err != nil || c[0].PeerReadSeq != 1 {
			return fmt.Errorf("%+v: %w", c, err)
		}
		return nil
	})
	f.cut()
	await(t, d, func(e PresenceChanged) bool { return !e.Presence.Online })
	d.online(t)
}

func TestNoNoticeForWhatWasMissedOrWhileFocused(t *testing.T) {
	f := newFar(t)
	f.say("missed")
	d := start(t, options(t.TempDir(), f.URL))
	d.online(t)
	d.agrees(t, []string{"missed"})
	d.Focus(true)
	f.say("seen")
	d.agrees(t, []string{"missed", "seen"})
	// Events are handled one after another: this one after all of "seen".
	f.push(protocol.OpPresence, protocol.Presence{UserID: peer, Online: true})
	await(t, d, func(PresenceChanged) bool { return true })
	d.Focus(false)
	f.say("away")
	n := await(t, d, func(NoticeRaised) bool { return true }).Notice
	if n.Body != "away" {
		t.Errorf("the first notice is %+v", n)
	}
}

func TestPageFetchesWhatIsMissingAndSaysWhenItCannot(t *testing.T) {
	dir, f := t.TempDir(), newFar(t)
	for i := range 400 {
		f.say(fmt.Sprint(i + 1))
	}
	opt := options(dir, f.URL)
	e, err := Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	// As after a first connection that ended at once: heads, and no bodies.
	w := protocol.Welcome{Me: me, ServerMS: 1, Heads: []protocol.Head{{
		ID: conv, Kind: protocol.ConversationDirect, LastSeq: 400, Last: &f.log[399],
	}}}
	if err := e.store.ApplyWelcome(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	d := &device{Engine: e}
	if p := d.page(t, store.PageQuery{Limit: 20}); !p.Missing || !p.MoreBefore || len(p.Messages) != 1 {
		t.Errorf("offline the page is %+v", p)
	}
	e.setConnection(Connection{State: ConnectionOnline}) // The REST half can be asked.
	p := d.page(t, store.PageQuery{Limit: 20})
	if p.Missing || !p.MoreBefore || len(p.Messages) != 20 || p.Messages[19].Text != "400" {
		t.Errorf("online the page is %d messages, %+v", len(p.Messages), p.Missing)
	}
	p = d.page(t, store.PageQuery{AroundSeq: 100, Limit: 20})
	if p.Missing || len(p.Messages) != 20 || p.Messages[0].Seq != 91 || !p.MoreAfter || !p.MoreBefore {
		t.Errorf("around: %d messages from %d, %+v", len(p.Messages), p.Messages[0].Seq, p.Missing)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestEndOfTheSession(t *testing.T) {
	for _, tt := range []struct {
		code   int
		reason string
	}{{protocol.CloseSignedOut, protocol.EndedSignedOut}, {protocol.CloseUnauthorized, protocol.EndedSignedOut}, {protocol.CloseDisabled, protocol.EndedDisabled}} {
		t.Run(fmt.Sprint(tt.code), func(t *testing.T) {
			f := newFar(t)
			d := start(t, options(t.TempDir(), f.URL))
			d.online(t)
			f.closeWith(tt.code)
			if e := await(t, d, func(SignedOut) bool { return true }); e.Ended.Reason != tt.reason {
				t.Errorf("reason = %q, want %q", e.Ended.Reason, tt.reason)
			}
			if err := <-d.ended; err != nil {
				t.Errorf("Run = %v", err)
			}
			if c := d.Connection(); c.State != ConnectionOff || c.NextTryMS != 0 {
				t.Errorf("connection = %+v", c)
			}
		})
	}
}

func TestWhyTheConnectionIsOff(t *testing.T) {
	f := newFar(t)
	for _, tt := range []struct {
		name, server, code string
		refuse             protocol.Code
		tries              bool
	}{
		{"nobody there", nowhere, remote.CodeUnreachable, "", true},
		{"no MyChat", f.URL + "/elsewhere", remote.CodeNotMyChat, "", true},
		{"too old", f.URL, remote.CodeVersion, protocol.CodeVersion, false},
		{"busy", f.URL, string(protocol.CodeUnavailable), protocol.CodeUnavailable, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f.mu.Lock()
			f.refuse = tt.refuse
			f.mu.Unlock()
			d := start(t, options(t.TempDir(), tt.server))
			c := await(t, d, func(e ConnectionChanged) bool { return e.Connection.State == ConnectionOff }).Connection
			if c.ErrorCode != tt.code || (c.NextTryMS != 0) != tt.tries {
				t.Errorf("connection = %+v, want %s", c, tt.code)
			}
			d.close()
		})
	}
}

func TestNothingRunsAfterClose(t *testing.T) {
	f := newFar(t)
	before := goleak.IgnoreCurrent()
	d := start(t, options(t.TempDir(), f.URL))
	d.online(t)
	d.say(t, "a")
	d.agrees(t, []string{"a"})
	d.close()
	f.cut()
	f.CloseClientConnections()
	goleak.VerifyNone(t, before)
}

func TestTypingHintsAreSpaced(t *testing.T) {
	f := newFar(t)
	d := start(t, options(t.TempDir(), f.URL))
	d.SetTyping(conv, true) // Lost: there is no connection yet, or spaced below.
	d.online(t)
	d.SetTyping(conv, false)
	for range 5 {
		d.SetTyping(conv, true)
	}
	d.SetTyping(conv, false)
	d.SetTyping(conv, false)
	d.say(t, "done")
	d.agrees(t, []string{"done"})
	f.mu.Lock()
	defer f.mu.Unlock()
	last := f.typing[max(0, len(f.typing)-2):]
	want := []protocol.Typing{{ConversationID: conv, On: true}, {ConversationID: conv}}
	if len(f.typing) > 4 || !slices.Equal(last, want) {
		t.Errorf("hints = %+v", f.typing)
	}
}

// Hints of several windows at once arrive in an order that makes sense: on and
// off take turns.
func TestTypingHintsOfManyKeepTheirOrder(t *testing.T) {
	f := newFar(t)
	d := start(t, options(t.TempDir(), f.URL))
	d.online(t)
	var callers sync.WaitGroup
	for range 4 {
		callers.Go(func() {
			for i := range 12 { // Fewer than wait to be written: none is lost.
				d.SetTyping(conv, i%2 == 0)
			}
		})
	}
	callers.Wait()
	d.say(t, "done")
	d.agrees(t, []string{"done"})
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, hint := range f.typing[1:] {
		if hint.On == f.typing[i].On {
			t.Fatalf("hint %d of %d repeats on = %v", i+1, len(f.typing), hint.On)
		}
	}
}

func TestClockADayOffChangesNothing(t *testing.T) {
	for _, off := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		f := newFar(t)
		opt := options(t.TempDir(), f.URL)
		opt.Now = func() time.Time { return time.Now().Add(off) }
		d := start(t, opt)
		d.online(t)
		f.say("theirs")
		d.agrees(t, []string{"theirs"})
		d.say(t, "mine")
		d.agrees(t, []string{"theirs", "mine"})
		f.say("theirs again")
		d.agrees(t, []string{"theirs", "mine", "theirs again"})
	}
}

func TestTextIsCheckedBeforeItIsQueued(t *testing.T) {
	d := start(t, options(t.TempDir(), newFar(t).URL))
	d.online(t)
	for _, text := range []string{"", "  \n", strings.Repeat("x", protocol.MaxTextRunes+1), "\xff"} {
		if _, err := d.Send(t.Context(), conv, text); ProblemOf(err).Code != string(protocol.CodeInvalid) {
			t.Errorf("Send(%.10q) = %v, want invalid", text, err)
		}
	}
	if _, err := d.Send(t.Context(), "unknown", "x"); ProblemOf(err).Code != string(protocol.CodeNotFound) {
		t.Errorf("Send to an unknown conversation = %v, want not_found", err)
	}
}

func TestNewerDataHasItsCode(t *testing.T) {
	err := fmt.Errorf("open: %w", &store.NewerError{Path: "p", Found: 9, Known: 1})
	if p := ProblemOf(err); p.Code != CodeNewerData || !strings.Contains(p.Message, "9") {
		t.Errorf("ProblemOf = %+v", p)
	}
}

// childEnv makes TestChild an app: it holds "server|folder".
const childEnv = "MYCHAT_TEST_ENGINE"

// TestChild is the app that TestKilled kills. It queues messages, tells so,
// and sends until it is killed.
func TestChild(t *testing.T) {
	server, dir, ok := strings.Cut(os.Getenv(childEnv), "|")
	if !ok {
		t.Skip("runs only as a child of TestKilled")
	}
	d := start(t, options(dir, server))
	d.online(t)
	d.say(t, "a", "b", "c")
	fmt.Println("queued")
	<-t.Context().Done()
}

// TestKilled kills the app while messages wait, one is under way, and some are
// confirmed.
func TestKilled(t *testing.T) {
	for _, tt := range []struct {
		name     string
		answered int  // Messages that are stored and answered before.
		stored   bool // The next one is stored too, and not answered.
	}{
		{"between queue and store", 0, false},
		{"between store and answer", 0, true},
		{"between queue and store, after some", 2, false},
		{"between store and answer, after some", 1, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir, f := t.TempDir(), newFar(t)
			reached := make(chan struct{})
			seen := 0 // Guarded by f.mu, as both functions are called with it.
			f.mu.Lock()
			f.before = func() bool {
				seen++
				if seen == tt.answered+1 {
					close(reached)
				}
				return seen <= tt.answered || tt.stored
			}
			f.after = func() bool { return seen <= tt.answered }
			f.mu.Unlock()
			child := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.v")
			child.Env = append(os.Environ(), childEnv+"="+f.URL+"|"+dir)
			out, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			waitFor(t, out, "queued")
			select {
			case <-reached:
			case <-time.After(time.Minute):
				t.Error("the server never hears of the message")
			}
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = child.Wait() // It was killed.
			f.mu.Lock()
			f.before, f.after = nil, nil
			f.mu.Unlock()

			d := start(t, options(dir, f.URL))
			d.agrees(t, []string{"a", "b", "c"})
			if got := f.texts(); !slices.Equal(got, []string{"a", "b", "c"}) {
				t.Errorf("the server has %v", got)
			}
		})
	}
}

// waitFor reads until a line appears.
func waitFor(t *testing.T, r interface{ Read([]byte) (int, error) }, line string) {
	t.Helper()
	var seen strings.Builder
	buf := make([]byte, 256)
	for !strings.Contains(seen.String(), line+"\n") {
		n, err := r.Read(buf)
		seen.Write(buf[:n])
		if err != nil {
			t.Fatalf("the child says %q and %v", seen.String(), err)
		}
	}
}

// TestDiskFull fills the disk under the account's folder.
func TestDiskFull(t *testing.T) {
	disk := t.TempDir()
	mount(t, disk)
	f := newFar(t)
	d := start(t, options(filepath.Join(disk, "account"), f.URL))
	d.online(t)
	want := []string{"before"}
	d.say(t, "before")
	d.agrees(t, want)

	// SQLite has room left inside its files; both are filled from outside and
	// inside until nothing goes.
	filler := filepath.Join(disk, "filler")
	fill(t, filler)
	long := strings.Repeat("x", 9000)
	var problem Problem
	for range 2000 {
		_, err := d.Send(t.Context(), conv, long)
		if err != nil {
			problem = ProblemOf(err)
			break
		}
		want = append(want, long)
	}
	if problem.Code != CodeDiskFull {
		t.Fatalf("Send on a full disk: %+v, want disk_full", problem)
	}
	for range 10 {
		f.say(long)
	}
	until(t, "the connection says why", func() error {
		if c := d.Connection(); c.ErrorCode != CodeDiskFull {
			return fmt.Errorf("%+v", c)
		}
		return nil
	})
	if _, err := d.Conversations(t.Context()); err != nil {
		t.Errorf("reading on a full disk: %v", err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	until(t, "all is sent and received", func() error {
		if got := len(f.texts()); got != len(want)+10 {
			return fmt.Errorf("the server has %d, want %d", got, len(want)+10)
		}
		return nil
	})
	d.agrees(t, f.texts())
}

func mount(t *testing.T, dir string) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can mount a small disk")
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("this system lets root mount nothing: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
}

// fill writes a file until the disk is full.
func fill(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for size := 1 << 16; size >= 1; size /= 2 {
		for err = nil; err == nil; {
			_, err = file.Write(make([]byte, size))
		}
	}
}
