package engine

import (
	"sync"
	"time"

	"mychat/backend/store"
	"mychat/protocol"
)

// againFor is for how long the words of a recalled message are remembered, so
// that they can be written again.
const againFor = time.Minute

// again holds the words of own messages that were just recalled here, in
// memory only: the store blanks them. The zero value is empty. It is safe for
// concurrent use.
type again struct {
	mu   sync.Mutex
	said map[string]store.Again // By message id.
}

func (a *again) keep(id, text string, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.forget(now)
	if a.said == nil {
		a.said = make(map[string]store.Again)
	}
	a.said[id] = store.Again{Text: text, UntilMS: now.Add(againFor).UnixMilli()}
}

// fill tells recalled messages what they said, as long as that is remembered.
func (a *again) fill(list []store.Message, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.forget(now)
	for i, m := range list {
		if said, ok := a.said[m.ID]; ok && m.Kind == protocol.KindRecall {
			list[i].Again = &said
		}
	}
}

// forget drops what is over. The caller holds mu.
func (a *again) forget(now time.Time) {
	for id, said := range a.said {
		if said.UntilMS <= now.UnixMilli() {
			delete(a.said, id)
		}
	}
}
