"""Workspaces that look odd and in which everything is well."""

from __future__ import annotations

from tests.gym.machine import Machine
from tests.gym.setups import healthy

C_FILE = 'package main\n\n/*\n#include <stdlib.h>\n*/\nimport "C"\n\nfunc size() int { return int(C.sizeof_int) }\n'


@healthy()
def plain(machine: Machine) -> None:
    """A plain module, VS Code, one gopls."""


@healthy(probe=True)
def plain_probed(machine: Machine) -> None:
    """A plain module, with gopls itself asked."""


@healthy()
def vendored(machine: Machine) -> None:
    """Dependencies are vendored, and modules.txt agrees with go.mod."""
    machine.depend()
    machine.go("mod", "vendor")


@healthy()
def vendored_without_cache(machine: Machine) -> None:
    """Vendored, and the module cache was never filled on this machine."""
    machine.depend()
    machine.go("mod", "vendor")
    for each in sorted(machine.path("~/go/pkg/mod").rglob("*"), reverse=True):
        each.parent.chmod(0o755)
    machine.remove("~/go/pkg/mod")


@healthy()
def work_of_three(machine: Machine) -> None:
    """A go.work with three modules, all used, the folder is not a module itself."""
    machine.folder_of("~/src/mono")
    for name in ("api", "web", "lib"):
        machine.module(name, f"example.com/mono/{name}")
    machine.write("go.work", "go 1.24\n\nuse (\n\t./api\n\t./lib\n\t./web\n)\n")


@healthy(probe=True)
def work_vendored(machine: Machine) -> None:
    """A go.work with a vendor folder made by go work vendor."""
    machine.depend()
    machine.module("tool", "example.com/tool")
    machine.write("go.work", "go 1.24\n\nuse (\n\t.\n\t./tool\n)\n")
    machine.go("work", "vendor")


@healthy()
def cgo(machine: Machine) -> None:
    """A package with C in it, and a compiler."""
    machine.write("size.go", C_FILE)


@healthy()
def cgo_beside_pure_go(machine: Machine) -> None:
    """CGO_ENABLED=0 is set, and the C file has a pure Go twin for that case."""
    machine.write("size_cgo.go", C_FILE)
    machine.write("size_pure.go", "//go:build !cgo\n\npackage main\n\nfunc size() int { return 4 }\n")
    machine.environment["CGO_ENABLED"] = "0"


@healthy()
def build_tags(machine: Machine) -> None:
    """Files behind a tag that the settings name."""
    machine.write("trial/trial.go", "//go:build trial\n\n// Package trial is behind a tag.\npackage trial\n")
    machine.folder_settings({"gopls": {"build.buildFlags": ["-tags=trial"]}})


@healthy()
def integration_tests(machine: Machine) -> None:
    """Test files behind a tag beside ordinary files of the same package."""
    machine.write(
        "price/integration_test.go",
        '//go:build integration\n\npackage price\n\nimport "testing"\n\nfunc TestAll(t *testing.T) {}\n',
    )


@healthy()
def tools_file(machine: Machine) -> None:
    """The old way to pin tools: tools.go behind the tag tools."""
    machine.write("tools.go", '//go:build tools\n\npackage tools\n\nimport _ "fmt"\n')


@healthy()
def other_systems(machine: Machine) -> None:
    """Files for Windows, macOS and Plan 9, one of them with C."""
    machine.write("open_windows.go", 'package main\n\nimport "syscall"\n\nvar _ = syscall.Handle(0)\n')
    machine.write("open_darwin.go", 'package main\n\nimport "C"\n')
    machine.write("only/only_plan9.go", "// Package only is for Plan 9.\npackage only\n")
    machine.write("only/doc.go", "// Package only is small elsewhere.\npackage only\n")


@healthy()
def ignored_files(machine: Machine) -> None:
    """Generators marked with the tag ignore, package main beside a library."""
    machine.write(
        "price/gen.go", '//go:build ignore\n\npackage main\n\nimport "fmt"\n\nfunc main() { fmt.Println() }\n'
    )


@healthy()
def several_modules(machine: Machine) -> None:
    """A repository of four modules without go.work, opened at its root, which is a module too."""
    for name in ("client", "server", "internal/tool"):
        machine.module(name, f"example.com/shop/{name}")


@healthy()
def nested_example(machine: Machine) -> None:
    """Examples with a go.mod of their own that replaces the parent."""
    machine.write(
        "examples/simple/go.mod",
        "module example.com/shop/examples/simple\n\ngo 1.24\n\nrequire example.com/shop v0.0.0\n\nreplace example.com/shop => ../..\n",
    )
    machine.write(
        "examples/simple/main.go",
        'package main\n\nimport "example.com/shop/price"\n\nfunc main() { println(price.Of("tea")) }\n',
    )


@healthy()
def replaced_sibling(machine: Machine) -> None:
    """A replace line leads to a sibling folder."""
    machine.write("~/src/greet/go.mod", "module example.com/greet\n\ngo 1.24\n")
    machine.write(
        "~/src/greet/greet.go",
        '// Package greet greets.\npackage greet\n\n// Hello greets.\nfunc Hello() string { return "hi" }\n',
    )
    machine.write(
        "go.mod",
        "module example.com/shop\n\ngo 1.24\n\nrequire example.com/greet v0.0.0\n\nreplace example.com/greet => ../greet\n",
    )
    machine.write("main.go", 'package main\n\nimport "example.com/greet"\n\nfunc main() { println(greet.Hello()) }\n')


@healthy()
def broken_testdata(machine: Machine) -> None:
    """Code under testdata and in folders with _ or . does not compile, as is usual there."""
    machine.write("price/testdata/bad.go", "package bad\n\nfunc {\n")
    machine.write("price/testdata/mixed/a.go", "package a\n")
    machine.write("price/testdata/mixed/b.go", "package b\n")
    machine.write("price/testdata/src/go.mod", "modul example.com/nope\n")
    machine.write("_old/old.go", 'package old\n\nimport "nowhere.example/x"\n')
    machine.write(".cache/x.go", "package")


@healthy()
def code_in_progress(machine: Machine) -> None:
    """Somebody is typing: one file has a syntax error and one a type error."""
    machine.write("price/new.go", "package price\n\nfunc half( {\n")
    machine.write("price/wrong.go", 'package price\n\nvar n int = "text"\n')


@healthy()
def generated_and_huge(machine: Machine) -> None:
    """A generated file of 2 MB."""
    lines = "".join(f"// C{i} is generated.\nconst C{i} = {i}\n" for i in range(50_000))
    machine.write("api/api.pb.go", f"// Code generated by protoc-gen-go. DO NOT EDIT.\n\npackage api\n\n{lines}")


@healthy()
def empty_folder(machine: Machine) -> None:
    """An empty folder: a project that is about to begin."""
    machine.folder_of("~/src/new")


@healthy()
def only_submodule(machine: Machine) -> None:
    """A repository whose one module lies in a sub-folder."""
    machine.folder_of("~/src/product")
    machine.write("README.md", "# Product\n")
    machine.write("web/package.json", "{}\n")
    machine.module("backend", "example.com/product/backend")


@healthy()
def not_a_go_project(machine: Machine) -> None:
    """A folder of scripts in which no Go lives."""
    machine.folder_of("~/src/site")
    machine.write("index.html", "<p>hello</p>\n")
    machine.write("node_modules/left-pad/index.js", "module.exports = 1\n")


@healthy()
def package_subfolder(machine: Machine) -> None:
    """A sub-folder of the module is opened."""
    machine.folder = machine.folder / "price"


@healthy()
def single_script(machine: Machine) -> None:
    """One main.go with only the standard library, no go.mod anywhere."""
    machine.folder_of("~/src/try")
    machine.write("main.go", 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hi") }\n')


@healthy()
def linked_folders(machine: Machine) -> None:
    """The workspace is opened through a symbolic link, and has links to folders and files in it."""
    machine.link("latest", "price")
    machine.link("NOTES.md", "go.mod")
    machine.link("~/work", "src")
    machine.subject = str(machine.home / "work/shop")


@healthy()
def looping_link(machine: Machine) -> None:
    """A folder of the workspace holds a link to its own parent, as pnpm and Bazel make them."""
    machine.link("web/node_modules/shop", "../..")


@healthy()
def spaces_and_cjk(machine: Machine) -> None:
    """Spaces, Chinese and an apostrophe in the path."""
    machine.folder_of("~/my src/项目 d'été")
    machine.shop()


@healthy()
def deep_path(machine: Machine) -> None:
    """A very long path."""
    machine.folder_of("~/" + "/".join(["a-long-folder-name-of-thirty-two"] * 15))
    machine.shop()


@healthy()
def odd_file_names(machine: Machine) -> None:
    """A crlf go.mod, a BOM in a Go file, a file name that is not UTF-8, a socket."""
    machine.write("go.mod", "module example.com/shop\r\n\r\ngo 1.24\r\n")
    machine.write("price/bom.go", b"\xef\xbb\xbfpackage price\n")
    (machine.folder / "caf\udce9.txt").write_bytes(b"x")


@healthy(probe=True)
def gitless_bazel_shape(machine: Machine) -> None:
    """Bazel's convenience links lie in the workspace, and no driver is set up."""
    machine.write("BUILD.bazel", "")
    machine.link("bazel-out", machine.root / "bazel/out")
    machine.link("bazel-shop", machine.root / "bazel/shop")
    (machine.root / "bazel/shop").mkdir(parents=True)


@healthy()
def toolchain_line(machine: Machine) -> None:
    """A toolchain line that this Go satisfies, an ignore block, a tool line, a retract."""
    machine.write(
        "go.mod",
        "module example.com/shop // import\n\ngo 1.25.0\n\ntoolchain go1.25.3\n\ntool example.com/shop\n\n"
        "ignore ./web\n\nretract v1.0.0 // published by mistake\n",
    )


@healthy()
def many_small_packages(machine: Machine) -> None:
    """Three hundred packages."""
    for i in range(300):
        machine.write(f"p/p{i}/p.go", f"// Package p{i} is one of many.\npackage p{i}\n")
