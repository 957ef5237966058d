"""Trains the AOT caches of the image: executions run through the gateway, an emulated pool and an adapter, with TLS and
a managed identity's token as in production, while the gateway and the adapter record what they load and run.

Leaves gateway.aot and adapter.aot in /opt/sluice. The caches hold for this JVM and these paths alone.
"""
import concurrent.futures
import hashlib
import http.server
import json
import os
import ssl
import subprocess
import sys
import threading
import time
import urllib.request

HOME = "/opt/sluice"
SECRET = "training"
STORE = "/tmp/training.p12"
IDENTITY, GATEWAY, MANAGEMENT, ADAPTER, EMULATOR = range(18080, 18085)
STARTS_WITHIN, ENDS_WITHIN = 300, 300


class Identity(http.server.BaseHTTPRequestHandler):
    """Azure's identity endpoint, as its hosts have it."""

    def do_GET(self):
        token = {"access_token": SECRET, "token_type": "Bearer", "resource": "https://dynamicsessions.io",
                 "expires_on": str(int(time.time()) + 86400), "client_id": SECRET}
        body = json.dumps(token).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def java(process, recording=None, **properties):
    """Starts one of the processes; with the options of its own flags where it records."""
    command = ["/opt/java/bin/java"]
    if recording:
        command += [f"-XX:Flags={flags(recording)}", f"-XX:AOTCacheOutput={HOME}/{recording}.aot", "-Xlog:aot*=error"]
    command += properties.pop("options", [])
    command += ["-jar", f"{HOME}/sluice.jar", process, "--server.address=127.0.0.1"]
    command += [f"--{name}={value}" for name, value in properties.pop("settings").items()]
    return subprocess.Popen(command, env=dict(os.environ, **properties.pop("variables", {})))


def flags(recording):
    """Those of the image, without the cache that is yet to be made."""
    with open(f"{HOME}/{recording}.flags") as file:
        lines = [line for line in file if not line.startswith("AOTCache=")]
    with open(f"/tmp/{recording}.flags", "w") as file:
        file.writelines(lines)
    return file.name


def call(port, path, body=None, accept="application/json"):
    headers = {"Accept": accept, "Content-Type": "application/json", "X-API-Key": SECRET}
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode()


def execute(language, code, accept="application/json"):
    answer = call(GATEWAY, "/api/v2/execute",
                  {"language": language, "version": "*", "files": [{"content": code}], "stdin": "", "args": []}, accept)
    if '"stdout":"42\\n"' not in answer:
        sys.exit(f"{language} did not say 42: {answer}")


def await_answer(process, port, path):
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            return call(port, path)
        except OSError:
            time.sleep(0.1)
    sys.exit(f"Nothing answered on port {port}")


def end(process):
    process.terminate()
    process.wait(ENDS_WITHIN)


identity = http.server.ThreadingHTTPServer(("127.0.0.1", IDENTITY), Identity)
threading.Thread(target=identity.serve_forever, daemon=True).start()
subprocess.run(["/opt/java/bin/keytool", "-genkeypair", "-keystore", STORE, "-storepass", SECRET, "-keyalg", "EC",
                "-dname", "CN=localhost", "-ext", "san=dns:localhost", "-validity", "2"], check=True)

adapter = java("adapter", "adapter", settings={"server.port": ADAPTER})
emulator = java("emulator", settings={
    "server.port": EMULATOR, "server.ssl.key-store": STORE, "server.ssl.key-store-password": SECRET,
    "sluice.emulator.token": SECRET, "sluice.emulator.adapter-url": f"http://127.0.0.1:{ADAPTER}"})
gateway = java(
    "gateway", "gateway",
    options=[f"-Djavax.net.ssl.trustStore={STORE}", f"-Djavax.net.ssl.trustStorePassword={SECRET}"],
    settings={
        "server.port": GATEWAY, "management.server.port": MANAGEMENT,
        "sluice.pools[0].endpoint": f"https://localhost:{EMULATOR}",
        "sluice.pools[0].credential.kind": "managed-identity",
        "sluice.clients.keys[0].name": SECRET,
        "sluice.clients.keys[0].hash": hashlib.sha256(SECRET.encode()).hexdigest()},
    variables={"IDENTITY_ENDPOINT": f"http://127.0.0.1:{IDENTITY}/token", "IDENTITY_HEADER": SECRET})

await_answer(adapter, ADAPTER, "/api/v2/runtimes")
await_answer(gateway, MANAGEMENT, "/actuator/health/readiness")
print(call(GATEWAY, "/api/v2/runtimes"))
with concurrent.futures.ThreadPoolExecutor(4) as threads:
    for accept in ("application/json", "application/x-ndjson", "text/event-stream"):
        for done in [threads.submit(execute, *program, accept)
                     for program in [("python", "print(42)"), ("bash", "echo 42")] * 20]:
            done.result()
call(MANAGEMENT, "/actuator/health/liveness")
call(MANAGEMENT, "/actuator/prometheus", accept="*/*")
end(gateway)
end(emulator)
end(adapter)
for name in ("gateway", "adapter"):
    print(f"{name}.aot {os.path.getsize(f'{HOME}/{name}.aot') >> 20} MB")
