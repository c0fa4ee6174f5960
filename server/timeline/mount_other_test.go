//go:build !linux

package timeline_test

import "errors"

func mountTmpfs(string, string) (func() error, error) { return nil, errors.ErrUnsupported }
