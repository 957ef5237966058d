# Sluice's images. The last one is the default.
#
#   docker build -t sluice .                                          the gateway, the emulator and the doctor
#   docker build -t sluice-session --target session .                 a session: the adapter, an engine and languages
#   docker build -t sluice-session-piston --target session-piston .   a session: the adapter before a Piston

ARG JDK_IMAGE=docker.io/library/eclipse-temurin:25-jdk
ARG BASE_IMAGE=docker.io/library/debian:bookworm-slim
ARG PISTON_IMAGE=ghcr.io/engineer-man/piston:latest


FROM ${JDK_IMAGE} AS build
WORKDIR /build
# A JVM without compilers and tools for us, and one that programs in Java are compiled and run with.
RUN jlink --add-modules java.se,jdk.crypto.ec,jdk.jfr,jdk.management,jdk.net,jdk.unsupported,jdk.zipfs \
        --no-header-files --no-man-pages --compress=zip-6 --output java \
    && jlink --add-modules java.se,jdk.charsets,jdk.compiler,jdk.crypto.ec,jdk.httpserver,jdk.jfr,jdk.localedata \
        --add-modules jdk.management,jdk.net,jdk.unsupported,jdk.zipfs \
        --no-header-files --no-man-pages --compress=zip-6 --generate-cds-archive --output jdk
COPY .mvn .mvn
COPY mvnw pom.xml ./
COPY src/main/java/dev/sluice/package-info.java src/main/java/dev/sluice/
# A jar of next to nothing: what it takes is downloaded, in a layer that lasts until the pom changes.
RUN ./mvnw -B -q -Dmaven.test.skip package
COPY src/main src/main
RUN ./mvnw -B -q -Dmaven.test.skip package \
    && java -Djarmode=tools -jar target/sluice.jar extract --layers --destination layers


# The JVM and the jar, at the paths that the AOT caches hold for.
FROM ${BASE_IMAGE} AS runtime
ARG VERSION=0.1.0-SNAPSHOT
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Sluice" \
      org.opencontainers.image.description="Runs code in Azure Container Apps dynamic sessions, for clients of the Piston v2 API" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV JAVA_HOME=/opt/java PATH=/opt/java/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8
# What must not be open to everybody does not start on it: a gateway without clients, an adapter that is no boundary.
ENV SERVER_ADDRESS=0.0.0.0
WORKDIR /opt/sluice
COPY --from=build /build/java /opt/java
COPY LICENSE ./
COPY --from=build /build/layers/dependencies/ ./
COPY --from=build /build/layers/snapshot-dependencies/ ./
COPY --from=build /build/layers/application/ ./
STOPSIGNAL SIGTERM


FROM runtime AS trained
RUN apt-get update && apt-get install -y --no-install-recommends python3
COPY src/image/*.flags src/image/train.py ./
RUN python3 train.py


FROM ${PISTON_IMAGE} AS session-piston
ARG VERSION=0.1.0-SNAPSHOT
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Sluice session with Piston" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV PISTON_BIND_ADDRESS=127.0.0.1:2000 \
    SLUICE_ADAPTER_PISTON_URL=http://127.0.0.1:2000 \
    SERVER_ADDRESS=0.0.0.0
COPY --from=runtime /opt/java /opt/java
COPY --from=runtime /opt/sluice /opt/sluice
COPY src/image/session-piston /opt/sluice/
COPY src/image/adapter.flags /opt/sluice/jvm.flags
COPY --from=trained /opt/sluice/adapter.aot /opt/sluice/sluice.aot
EXPOSE 8082
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/sluice/session-piston"]
# The Piston's own command; older ones have "node", "src".
CMD ["/piston_api/src/docker-entrypoint.sh"]


FROM runtime AS session
LABEL org.opencontainers.image.title="Sluice session"
RUN apt-get update && apt-get install -y --no-install-recommends g++ gcc libc6-dev nodejs perl-base python3 tini util-linux \
    && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/*
COPY --from=build /build/jdk /usr/lib/jvm/java
RUN ln -s /usr/lib/jvm/java/bin/java /usr/lib/jvm/java/bin/javac /usr/local/bin/ \
    # Programs pass through, and can't list it.
    && install -d -o 60000 -g 60000 -m 0711 /var/sluice \
    # They can't read this.
    && chgrp 60000 . && chmod 0750 .
COPY src/image/adapter.flags jvm.flags
COPY --from=trained /opt/sluice/adapter.aot sluice.aot
# The container is the boundary: a session is a virtual machine of its own.
ENV SLUICE_ENGINE_SANDBOX=container
EXPOSE 8082
# It begins as root, and keeps nothing of that but to give each program another user, and to end what is left of it.
# Whose parent is gone has process 1 for one, which must take note of its end: a JVM would not.
USER 0:0
ENTRYPOINT ["setpriv", "--reuid=60000", "--regid=60000", "--clear-groups", "--no-new-privs", \
    "--inh-caps=-all,+setuid,+setgid,+kill", "--ambient-caps=-all,+setuid,+setgid,+kill", \
    "--bounding-set=-all,+setuid,+setgid,+kill", \
    "tini", "--", "/opt/java/bin/java", "-XX:Flags=/opt/sluice/jvm.flags", "-Djava.io.tmpdir=/var/sluice", \
    "-jar", "/opt/sluice/sluice.jar", "adapter"]


FROM runtime AS gateway
COPY src/image/gateway.flags jvm.flags
COPY --from=trained /opt/sluice/gateway.aot sluice.aot
EXPOSE 8080 8081
USER 65532:65532
ENTRYPOINT ["/opt/java/bin/java", "-XX:Flags=/opt/sluice/jvm.flags", "-jar", "/opt/sluice/sluice.jar"]
