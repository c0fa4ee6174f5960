package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"gorm.io/gorm"
	"mychat/protocol"
)

// Folders returns the user's own folders in their order.
func (s *Store) Folders(ctx context.Context) ([]protocol.Folder, error) {
	var out []protocol.Folder
	err := s.read(ctx, func(db *gorm.DB) (err error) {
		out, err = folders(db)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list folders: %w", err)
	}
	return out, nil
}

func folders(db *gorm.DB) ([]protocol.Folder, error) {
	value, err := preferred(db, protocol.PreferenceFolders)
	if err != nil {
		return nil, err
	}
	var list []protocol.Folder
	if err := json.Unmarshal(value, &list); err != nil {
		return nil, fmt.Errorf("decode folders: %w", err)
	}
	return append([]protocol.Folder{}, list...), nil
}

func holdsFolder(list []protocol.Folder, id string) bool {
	return slices.ContainsFunc(list, func(f protocol.Folder) bool { return f.ID == id })
}

// PutFolder makes a folder or changes it: its name, and its place among the
// others, from 0; past the end means at the end. Without an id it is a new one.
// An id that is no folder's, or no longer, is one again, with the conversations
// that were in it. The error is a protocol.Error with CodeTooMany when there are
// as many as there may be.
func (s *Store) PutFolder(ctx context.Context, f protocol.Folder, at int) (protocol.Folder, error) {
	name, err := protocol.CleanFolderName(f.Name)
	if err != nil {
		return f, err
	}
	f.Name = name
	err = s.changeFolders(ctx, func(list []protocol.Folder) ([]protocol.Folder, error) {
		if f.ID == "" {
			f.ID = NewClientID(s.now())
		}
		list = withoutFolder(list, f.ID)
		if len(list) == protocol.MaxFolders {
			return nil, protocol.Errorf(protocol.CodeTooMany, "there are %d folders already", protocol.MaxFolders)
		}
		return slices.Insert(list, min(max(at, 0), len(list)), f), nil
	})
	if err != nil {
		return f, fmt.Errorf("put folder: %w", err)
	}
	return f, nil
}

// RemoveFolder takes a folder away. Its conversations stay where else they are.
func (s *Store) RemoveFolder(ctx context.Context, id string) error {
	err := s.changeFolders(ctx, func(list []protocol.Folder) ([]protocol.Folder, error) {
		return withoutFolder(list, id), nil
	})
	if err != nil {
		return fmt.Errorf("remove folder: %w", err)
	}
	return nil
}

func withoutFolder(list []protocol.Folder, id string) []protocol.Folder {
	return slices.DeleteFunc(list, func(f protocol.Folder) bool { return f.ID == id })
}

func (s *Store) changeFolders(ctx context.Context, do func([]protocol.Folder) ([]protocol.Folder, error)) error {
	return s.write(ctx, func(tx *tx) error {
		list, err := folders(tx.db)
		if err != nil {
			return err
		}
		if list, err = do(list); err != nil {
			return err
		}
		value, err := protocol.Encode(list)
		if err != nil {
			return fmt.Errorf("encode folders: %w", err)
		}
		return tx.prefer(protocol.Preference{Name: protocol.PreferenceFolders, Value: value})
	})
}
