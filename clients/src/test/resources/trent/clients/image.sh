#!/usr/bin/env bash
#
# The root file system of the image, without an engine.
#
#   image.sh make ROOT TAR USER:GROUP   as packaging/Containerfile makes it; the programs are this machine's
#   image.sh run ROOT USER:GROUP COMMAND…   in it: nothing can be written but /data, and there is no /tmp
set -euo pipefail

if [[ $1 == make ]]; then
    root=$2 tar=$3 owner=$4
    mkdir -p "$root"/{usr/bin,opt/trent,data,proc,dev,tmp}
    ln -s usr/bin "$root/bin"
    for program in bash env stat sha256sum mkdir cat; do
        path=$(readlink -f "$(type -P "$program")")
        cp -L "$path" "$root/usr/bin/$program"
        ldd "$path" | grep -o '/[^ ]*' | while read -r library; do
            mkdir -p "$root${library%/*}"
            cp -Lu "$library" "$root$library"
        done
    done
    # What Java's own libraries need.
    for library in libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1 libc.so.6 libgcc_s.so.1 libstdc++.so.6; do
        path=$(ldconfig -p | sed -n "s|.*$library .*=> ||p" | head -n 1)
        [[ -z $path ]] || { mkdir -p "$root${path%/*}" && cp -Lu "$path" "$root$path"; }
    done
    tar -xzf "$tar" -C "$root/opt/trent" --strip-components=1
    : > "$root/dev/null"
    : > "$root/dev/urandom"
    : > "$root/dev/random"
    chown "$owner" "$root/data"
    chmod 700 "$root/data"
else
    root=$2 owner=$3
    shift 3
    # shellcheck disable=SC2016 # it is the other shell that expands it
    exec unshare --mount bash -c '
        root=$1 owner=$2
        shift 2
        mount --bind "$root" "$root"
        mount --bind "$root/data" "$root/data"
        mount -t proc proc "$root/proc"
        for device in null urandom random; do
            mount --bind "/dev/$device" "$root/dev/$device"
        done
        mount -o remount,bind,ro "$root"
        exec chroot --userspec="$owner" --groups= "$root" "$@"
    ' image "$root" "$owner" "$@"
fi
