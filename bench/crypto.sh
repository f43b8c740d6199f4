#!/usr/bin/env bash
# Trent's cryptography beside `openssl speed` on this machine: a table in Markdown, in about 5 minutes.
# Run it on a machine that has nothing else to do. It needs a JDK 25 (JAVA_HOME, or java on the PATH), Maven and openssl.
set -euo pipefail
cd "$(dirname "$0")/.."

mvn=$(command -v mvn || echo ./mvnw)
"$mvn" -q -pl bench -am package -DskipTests >&2
java=java
for home in "${TRENT_JAVA_HOME:-}" "${JAVA_HOME:-}" /usr/lib/jvm/*; do
  if grep -qs '^JAVA_VERSION="25' "$home/release"; then java=$home/bin/java; break; fi
done
exec "$java" --sun-misc-unsafe-memory-access=allow -cp 'bench/target/classes:bench/target/lib/*' trent.bench.BesideOpenssl
