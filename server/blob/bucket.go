package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// BucketOptions says where a bucket is and who may use it.
type BucketOptions struct {
	URL       string // Of the service: https://host[:port], or http:// where nothing is encrypted.
	Region    string // "" asks the service.
	Name      string // Of the bucket, which must be there.
	Prefix    string // Before each key, such as "mychat/". "" means nothing.
	AccessKey string // "" means that anybody may.
	SecretKey string
	Transport http.RoundTripper // Nil means the library's own.
}

// Bucket keeps blobs as objects of a bucket, by the S3 protocol.
type Bucket struct {
	client *minio.Client
	name   string
	prefix string
}

var _ Store = (*Bucket)(nil)

// OpenBucket returns the Bucket of opt once it has seen that it is there and
// open to these keys.
func OpenBucket(ctx context.Context, opt BucketOptions) (*Bucket, error) {
	at, err := url.Parse(opt.URL)
	if err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" || strings.Trim(at.Path, "/") != "" || at.User != nil {
		return nil, errors.New("bucket for files: the address of the service is not of the form https://host[:port]")
	}
	client, err := minio.New(at.Host, &minio.Options{
		Creds:  credentials.NewStaticV4(opt.AccessKey, opt.SecretKey, ""),
		Secure: at.Scheme == "https", Region: opt.Region, Transport: opt.Transport,
	})
	if err != nil {
		return nil, fmt.Errorf("bucket for files: %w", err)
	}
	found, err := client.BucketExists(ctx, opt.Name)
	if err == nil && !found {
		err = errors.New("it is not there; make it first")
	}
	if err != nil {
		return nil, fmt.Errorf("bucket %s for files: %w", opt.Name, err)
	}
	return &Bucket{client: client, name: opt.Name, prefix: opt.Prefix}, nil
}

// Take implements Store.
func (b *Bucket) Take(ctx context.Context, key, path string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	_, err := b.client.FPutObject(ctx, b.name, b.prefix+key, path, minio.PutObjectOptions{
		ContentType: "application/octet-stream", DisableMultipart: true,
	})
	if err == nil {
		err = os.Remove(path)
	}
	if err != nil {
		if Full(err) || refusal(err) == http.StatusInsufficientStorage || minio.ToErrorResponse(err).Code == "XMinioStorageFull" {
			err = fmt.Errorf("%w: %w", ErrFull, err)
		}
		return fmt.Errorf("keep blob %s: %w", key, err)
	}
	return nil
}

// refusal is the status with which the service refused, or 0.
func refusal(err error) int { return minio.ToErrorResponse(err).StatusCode }

// Open implements Store.
func (b *Bucket) Open(ctx context.Context, key string, offset, n int64) (io.ReadCloser, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	if offset < 0 || n < 0 {
		return nil, fmt.Errorf("blob %s: %w", key, ErrRange)
	}
	opt := minio.GetObjectOptions{}
	if n > 0 {
		if err := opt.SetRange(offset, offset+n-1); err != nil {
			return nil, fmt.Errorf("blob %s: %w", key, ErrRange)
		}
	} else if err := b.has(ctx, key, offset); err != nil { // No range is empty.
		return nil, err
	} else {
		return http.NoBody, nil
	}
	// Core asks at once, where Client would at the first Read.
	body, info, _, err := minio.Core{Client: b.client}.GetObject(ctx, b.name, b.prefix+key, opt)
	if err != nil {
		return nil, fmt.Errorf("open blob %s: %w", key, b.classify(err))
	}
	if info.Size != n { // The blob ends before.
		return nil, errors.Join(fmt.Errorf("blob %s: %w", key, ErrRange), body.Close())
	}
	return body, nil
}

// has returns nil if there is a blob of at least n bytes.
func (b *Bucket) has(ctx context.Context, key string, n int64) error {
	info, err := b.client.StatObject(ctx, b.name, b.prefix+key, minio.StatObjectOptions{})
	if err != nil {
		return fmt.Errorf("blob %s: %w", key, b.classify(err))
	}
	if n > info.Size {
		return fmt.Errorf("blob %s: %w", key, ErrRange)
	}
	return nil
}

func (b *Bucket) classify(err error) error {
	switch refusal(err) {
	case http.StatusNotFound:
		return fmt.Errorf("%w: %w", ErrNotFound, err)
	case http.StatusRequestedRangeNotSatisfiable:
		return fmt.Errorf("%w: %w", ErrRange, err)
	}
	return err
}

// Delete implements Store.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if err := b.client.RemoveObject(ctx, b.name, b.prefix+key, minio.RemoveObjectOptions{}); err != nil && refusal(err) != http.StatusNotFound {
		return fmt.Errorf("delete blob %s: %w", key, err)
	}
	return nil
}

// List implements Store.
func (b *Bucket) List(ctx context.Context) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		for object := range b.client.ListObjectsIter(ctx, b.name, minio.ListObjectsOptions{Prefix: b.prefix, Recursive: true}) {
			if object.Err != nil {
				yield(Info{}, fmt.Errorf("list blobs: %w", object.Err))
				return
			}
			key := strings.TrimPrefix(object.Key, b.prefix)
			if isKey(key) && !yield(Info{Key: key, Bytes: object.Size, Written: object.LastModified}, nil) {
				return
			}
		}
	}
}
