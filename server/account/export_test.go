package account

import "context"

// CountHashes counts the hashes that s begins to compute while f runs, one
// after the other.
func (s *Service) CountHashes(ctx context.Context, f func()) int {
	usual := s.hasher.slots
	defer func() { s.hasher.slots = usual }()
	s.hasher.slots = make(chan struct{}) // Every hash must meet the counter, twice.
	ctx, cancel := context.WithCancel(ctx)
	counted := make(chan int)
	go func() {
		n := 0
		defer func() { counted <- n }()
		for {
			select {
			case <-s.hasher.slots:
				n++
				s.hasher.slots <- struct{}{}
			case <-ctx.Done():
				return
			}
		}
	}()
	f()
	cancel()
	return <-counted
}
