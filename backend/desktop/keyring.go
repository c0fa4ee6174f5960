package desktop

import (
	"context"
	"errors"
	"fmt"

	"github.com/zalando/go-keyring"
)

// ErrNoSecret says that the keyring answers and does not have it.
var ErrNoSecret = errors.New("no such secret in the keyring")

// Keyring keeps small secrets with the operating system: the Secret Service on
// Linux, the Keychain on macOS, the Credential Manager on Windows. Any error
// but ErrNoSecret means that there is no keyring to rely on now.
//
// Its methods are safe for concurrent use. They end with ctx even while the
// system still asks the user to unlock the keyring.
type Keyring struct {
	// Service groups the secrets of one program.
	Service string
}

// Get returns the secret with the given name.
func (k Keyring) Get(ctx context.Context, name string) (string, error) {
	secret, err := ask(ctx, func() (string, error) { return keyring.Get(k.Service, name) })
	if err != nil {
		return "", fmt.Errorf("read from the keyring: %w", err)
	}
	return secret, nil
}

// Set keeps a secret, replacing one of the same name.
func (k Keyring) Set(ctx context.Context, name, secret string) error {
	_, err := ask(ctx, func() (string, error) { return "", keyring.Set(k.Service, name, secret) })
	if err != nil {
		return fmt.Errorf("write to the keyring: %w", err)
	}
	return nil
}

// Delete removes a secret; removing none is no error.
func (k Keyring) Delete(ctx context.Context, name string) error {
	_, err := ask(ctx, func() (string, error) { return "", keyring.Delete(k.Service, name) })
	if err != nil && !errors.Is(err, ErrNoSecret) {
		return fmt.Errorf("delete from the keyring: %w", err)
	}
	return nil
}

// ask calls f where there is a keyring to ask.
func ask(ctx context.Context, f func() (string, error)) (string, error) {
	if err := keyringReady(); err != nil {
		return "", err
	}
	return await(ctx, f)
}

// await calls f and returns its answer, or ctx's end. The systems' calls take
// no context: one that is given up ends by itself when the system answers, and
// holds nothing meanwhile.
func await(ctx context.Context, f func() (string, error)) (string, error) {
	type answer struct {
		secret string
		err    error
	}
	answers := make(chan answer, 1)
	go func() {
		secret, err := f()
		answers <- answer{secret, err}
	}()
	select {
	case a := <-answers:
		if errors.Is(a.err, keyring.ErrNotFound) {
			return "", ErrNoSecret
		}
		return a.secret, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
