package engine

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"mychat/backend/remote"
	"mychat/backend/store"
	"mychat/protocol"
)

// Bounds of asking what stands behind links.
const (
	previewsAtOnce = 2  // Questions on their way.
	previewsWanted = 64 // Links that wait; past it the oldest go, which nobody looks at any more.
	previewRefs    = 32 // Messages that wait for one link.
)

// previews is what the server is to be asked about links, the newest wish first.
// It is safe for concurrent use.
type previews struct {
	wake chan struct{} // Has a value while something waits.

	mu     sync.Mutex
	on     bool
	wanted map[string][]store.MessageRef // By link, for which messages; also while it is being asked.
	queue  []string                      // Links that wait, the newest wish last.
}

func newPreviews() previews {
	return previews{wake: make(chan struct{}, 1), on: true, wanted: make(map[string][]store.MessageRef)}
}

// want notes a wish.
func (p *previews) want(link string, m store.MessageRef) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.on {
		return
	}
	refs, known := p.wanted[link]
	if !slices.Contains(refs, m) && len(refs) < previewRefs {
		p.wanted[link] = append(refs, m)
	}
	if known {
		return
	}
	if len(p.queue) == previewsWanted {
		delete(p.wanted, p.queue[0])
		p.queue = slices.Delete(p.queue, 0, 1)
	}
	p.queue = append(p.queue, link)
	p.signal()
}

// signal wakes one worker. The caller holds mu.
func (p *previews) signal() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// next takes the newest wish from the queue; ok is false when there is none.
func (p *previews) next() (link string, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.queue) - 1
	if last < 0 {
		return "", false
	}
	link, p.queue = p.queue[last], p.queue[:last]
	if last > 0 {
		p.signal()
	}
	return link, true
}

// done ends a wish and returns whose it was.
func (p *previews) done(link string) []store.MessageRef {
	p.mu.Lock()
	defer p.mu.Unlock()
	refs := p.wanted[link]
	delete(p.wanted, link)
	return refs
}

// again puts a wish back that could not be met now.
func (p *previews) again(link string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.wanted[link]; ok && len(p.queue) < previewsWanted {
		p.queue = append(p.queue, link)
		p.signal()
		return
	}
	delete(p.wanted, link)
}

// forget drops what waits; what is being asked is still answered.
func (p *previews) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, link := range p.queue {
		delete(p.wanted, link)
	}
	p.queue = nil
}

func (p *previews) set(on bool) {
	p.mu.Lock()
	p.on = on
	p.mu.Unlock()
	if !on {
		p.forget()
	}
}

// SetPreviews says whether the server may be asked what stands behind links. It
// may until something else is said.
func (e *Engine) SetPreviews(on bool) { e.previews.set(on) }

// PreviewsOffered reports whether the server looks at links.
func (e *Engine) PreviewsOffered(ctx context.Context) (bool, error) { return e.store.Previews(ctx) }

// WantPreview has the server asked what stands behind the link of a message that
// is on the screen, unless that is known. The answer comes as a change of the
// message. Offline nothing happens: ask again when there is a connection.
func (e *Engine) WantPreview(ctx context.Context, conversationID, messageID string) error {
	if !e.connected() {
		return nil
	}
	list, err := e.store.Messages(ctx, conversationID, []string{messageID})
	if err != nil {
		return err
	}
	if len(list) == 0 || list[0].Link == nil || list[0].Link.UntilMS > e.now().UnixMilli() {
		return nil
	}
	e.previews.want(list[0].Link.URL, store.MessageRef{ConversationID: conversationID, MessageID: messageID})
	return nil
}

// keepRefused is for how long a link is not asked about again that the server
// takes for none.
const keepRefused = 24 * time.Hour

// lookAtLinks asks the server what stands behind links, one after the other,
// until ctx ends.
func (e *Engine) lookAtLinks(ctx context.Context) error {
	retry := e.retry
	for {
		link, ok := e.previews.next()
		if !ok {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-e.previews.wake:
			}
			continue
		}
		pause, err := e.lookAt(ctx, link)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			retry.Reset()
			continue
		}
		e.log.Info("a link waits to be looked at", "error", err)
		timer := time.NewTimer(max(retry.Next(), pause))
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

// lookAt asks about one link. An error says that it was put back, and pause how
// long the server asks to be left alone.
func (e *Engine) lookAt(ctx context.Context, link string) (pause time.Duration, err error) {
	p, err := e.client.Preview(ctx, link)
	var refusal *protocol.Error
	var unreachable *remote.Error
	switch {
	case ctx.Err() != nil:
		return 0, err
	case err == nil:
	case errors.As(err, &unreachable): // Who still looks asks again with the next connection.
		e.previews.done(link)
		e.previews.forget()
		return 0, nil
	case !errors.As(err, &refusal):
		e.previews.done(link)
		return 0, err
	case refusal.Code == protocol.CodeInvalid:
		p = protocol.Preview{KeepMS: keepRefused.Milliseconds()}
	case refusal.Retryable():
		e.previews.again(link)
		return time.Duration(refusal.RetryAfterMS) * time.Millisecond, err
	default: // The server looks at links no more, or the session is over.
		e.previews.done(link)
		e.previews.forget()
		return 0, nil
	}
	if err := e.store.SavePreview(ctx, link, p, e.previews.done(link)); err != nil {
		return 0, err
	}
	return 0, nil
}
