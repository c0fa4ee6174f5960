package node

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"mychat/server/config"
)

// secretName is the file of the secret that the nodes of a cluster share.
const secretName = "cluster.secret"

// lockName is the file that keeps two servers from one data folder.
const lockName = "lock"

// prepareFolder makes the data folder, or closes an existing one to others. A
// folder that many share, or that is open to others and holds something else,
// is none of ours, and left alone.
func prepareFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	// Windows has no such bits; a folder there inherits who may enter.
	if runtime.GOOS == "windows" || info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	ours := len(entries) == 0
	for _, e := range entries {
		ours = ours || e.Name() == databaseName || e.Name() == config.FileName
	}
	why := ""
	switch {
	case info.Mode()&os.ModeSticky != 0:
		why = "is a folder that many users share"
	case !ours:
		why = "holds other things and is open to other users"
	}
	if why != "" {
		return fmt.Errorf("data folder: %s %s; choose a folder of the server's own, such as %s", dir, why, filepath.Join(dir, "mychat-data"))
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	return nil
}

// clusterSecret returns the secret of cfg's cluster. The one in the data
// folder is made if it is missing; one that was named must be there.
func clusterSecret(cfg config.Config) (string, error) {
	file := cfg.Path(cfg.Cluster.SecretFile)
	if file == "" {
		file = filepath.Join(cfg.Data, secretName)
		if err := writeSecret(file, rand.Text()); err != nil {
			return "", fmt.Errorf("cluster secret: %w", err)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("cluster secret: %w", err)
	}
	secret := strings.TrimSpace(string(text))
	if len(secret) < 16 {
		return "", fmt.Errorf("cluster secret: %s holds fewer than 16 characters", file)
	}
	return secret, nil
}

// writeSecret makes a file that only its owner reads, unless it exists.
func writeSecret(file, secret string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(secret + "\n")
	return errors.Join(err, f.Close())
}

// folderLock is held on a data folder while a server uses it.
type folderLock struct{ file *os.File }

// lockFolder takes the lock, which ends with the process at the latest.
func lockFolder(dir string) (*folderLock, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock data folder: %w", err)
	}
	if err := tryLock(f); err != nil {
		return nil, errors.Join(fmt.Errorf("data folder %s is used by another server that runs", dir), f.Close())
	}
	return &folderLock{f}, nil
}

func (l *folderLock) release() error { return l.file.Close() }
