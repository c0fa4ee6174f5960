#!/usr/bin/env bash
# Makes what people download, in build/out/packages: on Linux the tar.gz and the
# Debian packages and, cross-built, the Windows app with its installer where
# makensis is there; on a Mac the app bundle; and the server and the browser host
# for every system. SHA256SUMS covers them all.
source "$(dirname "$0")/lib.sh"

need_toolchains
build/deps.sh run package
build/build.sh page
packages=$out/packages
stage=$out/stage
rm -rf "$packages" "$stage"
mkdir -p "$packages" "$stage"
trap 'rm -rf "$stage"' EXIT # The example in its docs would be a package of this module.
arch=$(go env GOHOSTARCH)

# tree NAME FILE... makes a folder to be archived, with what every archive has:
# among it whatever the two READMEs link to.
tree() {
	local name=$1 link
	shift
	mkdir -p "$stage/$name"
	cp -R "$@" LICENSE README.md README.zh-CN.md CHANGELOG.md CONTRIBUTING.md SECURITY.md docs \
		"$stage/THIRD-PARTY.txt" "$stage/$name/"
	grep -ohE '\]\([^):#]+\)' README.md README.zh-CN.md | tr -d '()]' | while read -r link; do
		[[ -e $stage/$name/$link ]] || die "$name lacks $link, to which a README links"
	done
}

# portable OS ARCH builds the server and the browser host, without cgo.
portable() {
	local os=$1 cpu=$2 name exe=''
	[[ $os != windows ]] || exe=.exe
	name=mychat-server-$version-$os-$cpu
	echo "building $name"
	mkdir -p "$stage/bin-$os-$cpu"
	for target in server cmd/mychat-browser; do
		GOOS=$os GOARCH=$cpu CGO_ENABLED=0 go build -trimpath -ldflags "$ldflags" \
			-o "$stage/bin-$os-$cpu/mychat-$(basename "$target" | sed s/mychat-//)$exe" "./$target"
	done
	tree "$name" "$stage/bin-$os-$cpu"/*
	[[ $os != linux ]] || cp "$stage/conf.toml" build/server/mychat-server.service "$stage/$name/"
	if [[ $os == windows ]]; then
		(cd "$stage" && zip_folder "$name")
	else
		tar -C "$stage" --sort=name --owner=0 --group=0 --numeric-owner -czf "$packages/$name.tar.gz" "$name"
	fi
}

zip_folder() {
	if command -v zip >/dev/null; then
		zip -qr "$packages/$1.zip" "$1"
	else
		7z a -bso0 "$packages/$1.zip" "$1"
	fi
}

linux_app() {
	local name=mychat-$version-linux-$arch
	echo "building $name"
	go build -tags "$app_tags" -trimpath -ldflags "$ldflags" -o "$stage/mychat" .
	cp "$stage/bin-linux-$arch/mychat-server" "$stage/mychat-server"
	tree "$name" "$stage/mychat" build/linux/mychat.desktop build/linux/mychat.svg
	tar -C "$stage" --sort=name --owner=0 --group=0 --numeric-owner -czf "$packages/$name.tar.gz" "$name"
	need_nfpm
	for package in nfpm nfpm-server; do
		ARCH=$arch VERSION=$version "$bin/nfpm" package --config "build/linux/$package.yaml" \
			--packager deb --target "$packages/"
	done
	desktop-file-validate build/linux/mychat.desktop
}

# The Wails program adds what Windows and macOS want: icon, version, manifest,
# installer, bundle.
windows_app() {
	need_wails
	local installer=()
	! command -v makensis >/dev/null || installer=(-nsis)
	rm -f "$bin"/*.exe
	"$bin/wails" build -nocolour -m -s -nosyncgomod -skipbindings -platform windows/amd64 -trimpath -ldflags "$ldflags" \
		-o mychat.exe "${installer[@]}"
	rm -f ./*-res.syso
	tree "mychat-$version-windows-amd64" "$bin/mychat.exe"
	(cd "$stage" && zip_folder "mychat-$version-windows-amd64")
	if ((${#installer[@]})); then
		mv "$bin"/*-amd64-installer.exe "$packages/mychat-$version-windows-amd64-installer.exe"
	fi
}

mac_app() {
	need_wails
	"$bin/wails" build -nocolour -m -s -nosyncgomod -skipbindings -platform darwin/universal -trimpath -ldflags "$ldflags"
	cp "$stage/THIRD-PARTY.txt" "$bin/MyChat.app/Contents/Resources/"
	ditto -c -k --keepParent "$bin/MyChat.app" "$packages/mychat-$version-macos-universal.zip"
}

go run -trimpath ./build/licences -texts "$stage/modules.txt"
{
	echo "MyChat contains the work of others, under these licences."
	cat frontend/dist/THIRD-PARTY.txt "$stage/modules.txt"
} >"$stage/THIRD-PARTY.txt"
# What the systemd unit reads, and the administrator's commands with it.
sed 's|^#data = .*|data = "/var/lib/mychat"|' docs/conf.sample.toml >"$stage/conf.toml"
case $(go env GOHOSTOS) in
linux)
	for system in linux/amd64 linux/arm64 darwin/arm64 darwin/amd64 windows/amd64; do
		portable "${system%/*}" "${system#*/}"
	done
	linux_app
	windows_app
	;;
windows) windows_app ;;
darwin) mac_app ;;
esac

if command -v sha256sum >/dev/null; then
	(cd "$packages" && sha256sum -- * >"$out/SHA256SUMS" && mv "$out/SHA256SUMS" .)
else
	(cd "$packages" && shasum -a 256 -- * >"$out/SHA256SUMS" && mv "$out/SHA256SUMS" .)
fi
say "In build/out/packages"
ls -l "$packages"
