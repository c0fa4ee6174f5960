package session

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"time"

	"mychat/backend/desktop"
	"mychat/backend/store"
)

const (
	secretsName = "secrets.json" // Sealed secrets, for a system without a keyring.
	keyName     = "secrets.key"  // What seals them: 32 random bytes.

	// keyringWithin bounds one call to the keyring: long enough for a person to
	// unlock it, short enough to ask for the password instead.
	keyringWithin = 20 * time.Second
)

// vault keeps secrets by name: in the system's keyring, or, where the keyring
// does not answer, sealed in a file of the data folder. A secret is in the file
// only if the keyring refused it last, so what the file has is the newest.
//
// Nothing in it is worth locking a user out: a secret that cannot be had is one
// that does not exist, and the log says why.
type vault struct {
	dir     string
	keyring desktop.Keyring
	log     *slog.Logger

	mu    sync.Mutex
	items map[string][]byte // What the file holds, sealed.
}

// openVault reads the sealed file of dir. A damaged file is an empty one.
func openVault(dir string, keyring desktop.Keyring, log *slog.Logger) *vault {
	v := &vault{dir: dir, keyring: keyring, log: log, items: map[string][]byte{}}
	data, err := os.ReadFile(filepath.Join(dir, secretsName))
	if err == nil {
		err = json.Unmarshal(data, &v.items)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		log.Warn("sealed secrets are unreadable", "error", err)
	}
	if err != nil || v.items == nil { // A file of "null" is no error to json.
		v.items = map[string][]byte{}
	}
	return v
}

// inFile reports whether any secret is in the file.
func (v *vault) inFile() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.items) > 0
}

// get returns a secret, and whether there is one.
func (v *vault) get(ctx context.Context, name string) (string, bool) {
	v.mu.Lock()
	sealed, ok := v.items[name]
	v.mu.Unlock()
	if ok {
		secret, err := v.open(name, sealed)
		if err != nil {
			v.log.Warn("sealed secret is unreadable", "name", name, "error", err)
			return "", false
		}
		return secret, true
	}
	ctx, cancel := context.WithTimeout(ctx, keyringWithin)
	defer cancel()
	secret, err := v.keyring.Get(ctx, name)
	if err != nil {
		if !errors.Is(err, desktop.ErrNoSecret) {
			v.log.Info("no keyring answers", "error", err)
		}
		return "", false
	}
	return secret, true
}

// put keeps a secret in the keyring, else in the file.
func (v *vault) put(ctx context.Context, name, secret string) error {
	keyringCtx, cancel := context.WithTimeout(ctx, keyringWithin)
	defer cancel()
	err := v.keyring.Set(keyringCtx, name, secret)
	if err == nil {
		return v.change(name, nil)
	}
	v.log.Info("no keyring answers; a sealed file keeps the secret", "error", err)
	sealed, err := v.seal(name, secret)
	if err != nil {
		return err
	}
	return v.change(name, sealed)
}

// drop forgets a secret, wherever it is.
func (v *vault) drop(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, keyringWithin)
	defer cancel()
	if err := v.keyring.Delete(ctx, name); err != nil {
		v.log.Info("no keyring answers", "error", err)
	}
	return v.change(name, nil)
}

// change writes the file with one item replaced; nil removes it.
func (v *vault) change(name string, sealed []byte) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, ok := v.items[name]; !ok && sealed == nil {
		return nil
	}
	items := maps.Clone(v.items)
	if sealed == nil {
		delete(items, name)
	} else {
		items[name] = sealed
	}
	data, err := json.Marshal(items)
	if err != nil {
		return fmt.Errorf("write sealed secrets: %w", err)
	}
	if err := replaceFile(filepath.Join(v.dir, secretsName), data); err != nil {
		return fmt.Errorf("write sealed secrets: %w", err)
	}
	v.items = items
	return nil
}

// seal encrypts a secret so that it opens only under its own name.
func (v *vault) seal(name, secret string) ([]byte, error) {
	box, err := v.box(true)
	if err != nil {
		return nil, err
	}
	return box.Seal(nil, nil, []byte(secret), []byte(name)), nil
}

func (v *vault) open(name string, sealed []byte) (string, error) {
	box, err := v.box(false)
	if err != nil {
		return "", err
	}
	secret, err := box.Open(nil, nil, sealed, []byte(name))
	return string(secret), err
}

// box returns the cipher of the file's key. Where there is no sound key, fresh
// says to make one; what an older key sealed is then lost.
func (v *vault) box(fresh bool) (cipher.AEAD, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	path := filepath.Join(v.dir, keyName)
	key, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read the key of sealed secrets: %w", err)
	}
	if len(key) != 32 {
		if !fresh {
			return nil, errors.New("the key of sealed secrets is missing or damaged")
		}
		key = make([]byte, 32)
		if _, err := rand.Read(key); err != nil {
			return nil, fmt.Errorf("make a key: %w", err)
		}
		if err := replaceFile(path, key); err != nil {
			return nil, fmt.Errorf("write the key of sealed secrets: %w", err)
		}
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("use the key of sealed secrets: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// replaceFile writes a file for this user alone, whole or not at all, even if
// the power goes.
func replaceFile(path string, data []byte) (err error) {
	defer func() {
		if desktop.DiskFull(err) {
			err = fmt.Errorf("%w: %w", store.ErrDiskFull, err)
		}
	}()
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // Mode 0600.
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // Gone already when all went well.
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
