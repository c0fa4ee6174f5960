package protocol_test

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
	"testing"
)

// constantDecl is an exported constant of package protocol as its source has it.
type constantDecl struct {
	name  string
	value string // Strings without quotes, numbers in decimal.
}

// constants reads the package's exported constants from its source, so that a
// table that forgets one is found.
func constants(t *testing.T) []constantDecl {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	var out []constantDecl
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok || gen.Tok != token.CONST {
				continue
			}
			for _, spec := range gen.Specs {
				value := spec.(*ast.ValueSpec)
				for i, id := range value.Names {
					if id.IsExported() {
						out = append(out, constantDecl{id.Name, evaluate(t, fset, value.Values[i])})
					}
				}
			}
		}
	}
	return out
}

func evaluate(t *testing.T, fset *token.FileSet, expr ast.Expr) string {
	t.Helper()
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	if err := types.CheckExpr(fset, nil, token.NoPos, expr, info); err != nil {
		t.Fatalf("evaluate %v: %v", fset.Position(expr.Pos()), err)
	}
	v := info.Types[expr].Value
	if v.Kind() == constant.String {
		return constant.StringVal(v)
	}
	return v.ExactString()
}
