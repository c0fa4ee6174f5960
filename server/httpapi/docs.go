package httpapi

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

//go:embed docs.html
var docsHTML string

//go:embed docs.css
var docsCSS string

// newDocs returns the page at /docs, rendered once from the description. It
// loads nothing, from here or elsewhere: its one style sheet is inline and
// allowed by its hash, and it has no script.
func newDocs(api *huma.OpenAPI) (http.Handler, error) {
	page, err := template.New("docs").Parse(docsHTML)
	if err != nil {
		return nil, fmt.Errorf("docs page: %w", err)
	}
	var out bytes.Buffer
	err = page.Execute(&out, map[string]any{
		"Title": api.Info.Title, "Version": api.Info.Version, "About": api.Info.Description,
		"Spec": pathOpenAPI + ".json", "Style": template.CSS(docsCSS), //nolint:gosec // Our own file.
		"Groups": docGroups(api), "Types": docTypes(api), "Codes": docCodes(),
	})
	if err != nil {
		return nil, fmt.Errorf("docs page: %w", err)
	}
	sum := sha256.Sum256([]byte(docsCSS))
	policy := "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'"
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		// Nobody is left to tell if the client is gone.
		_, _ = w.Write(out.Bytes())
	}), nil
}

// docGroup is the operations that share a tag.
type docGroup struct {
	Name       string
	Operations []docOperation
}

type docOperation struct {
	ID, Method, Path, Summary, Description string
	Open                                   bool // Needs no token.
	Params                                 []docField
	Body                                   docRef
	Status                                 string
	Answer                                 docRef
}

// docRef names a type of the page.
type docRef struct {
	Before, Name, After string // "list of ", "Device", "".
	Linked              bool
}

type docField struct {
	Name, Where, About string
	Type               docRef
	Required           bool
}

type docType struct {
	Name   string
	About  string
	Fields []docField
}

type docCode struct {
	Code   string
	Status int
	Title  string
}

func docGroups(api *huma.OpenAPI) []docGroup {
	groups := []docGroup{{Name: tagServer}, {Name: tagAccount}, {Name: tagPeople}, {Name: tagMessages}}
	for path, item := range api.Paths {
		for method, op := range map[string]*huma.Operation{
			http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
		} {
			if op == nil {
				continue
			}
			for i := range groups {
				if slices.Contains(op.Tags, groups[i].Name) {
					groups[i].Operations = append(groups[i].Operations, docOperationOf(method, path, op))
				}
			}
		}
	}
	for _, g := range groups {
		slices.SortFunc(g.Operations, func(a, b docOperation) int {
			return strings.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method)
		})
	}
	return groups
}

func docOperationOf(method, path string, op *huma.Operation) docOperation {
	d := docOperation{
		ID: op.OperationID, Method: method, Path: path, Summary: op.Summary, Description: op.Description,
		Open: len(op.Security) == 0,
	}
	for _, p := range op.Parameters {
		d.Params = append(d.Params, docField{Name: p.Name, Where: p.In, About: p.Description, Type: refOf(p.Schema), Required: p.Required})
	}
	if op.RequestBody != nil {
		d.Body = refOf(op.RequestBody.Content["application/json"].Schema)
	}
	for status, r := range op.Responses {
		if strings.HasPrefix(status, "2") {
			d.Status = status
			if c := r.Content["application/json"]; c != nil {
				d.Answer = refOf(c.Schema)
			}
		}
	}
	return d
}

// refOf says a schema in words.
func refOf(s *huma.Schema) docRef {
	switch {
	case s == nil:
		return docRef{}
	case s.Ref != "":
		name := s.Ref[strings.LastIndex(s.Ref, "/")+1:]
		return docRef{Name: name, Linked: true}
	case s.Type == huma.TypeArray:
		r := refOf(s.Items)
		r.Before = "list of " + r.Before
		return r
	case s.Type == "":
		return docRef{Name: "any JSON"}
	}
	r := docRef{Name: s.Type}
	if len(s.Enum) > 0 {
		var values []string
		for _, v := range s.Enum {
			values = append(values, fmt.Sprint(v))
		}
		r.After = ": " + strings.Join(values, ", ")
	}
	return r
}

func docTypes(api *huma.OpenAPI) []docType {
	var types []docType
	for name, s := range api.Components.Schemas.Map() {
		t := docType{Name: name, About: s.Description}
		for field, fs := range s.Properties {
			t.Fields = append(t.Fields, docField{Name: field, About: fs.Description, Type: refOf(fs), Required: slices.Contains(s.Required, field)})
		}
		slices.SortFunc(t.Fields, func(a, b docField) int { return strings.Compare(a.Name, b.Name) })
		types = append(types, t)
	}
	slices.SortFunc(types, func(a, b docType) int { return strings.Compare(a.Name, b.Name) })
	return types
}

func docCodes() []docCode {
	var codes []docCode
	for code, a := range answers {
		codes = append(codes, docCode{string(code), a.status, a.title})
	}
	slices.SortFunc(codes, func(a, b docCode) int { return strings.Compare(a.Code, b.Code) })
	return codes
}
