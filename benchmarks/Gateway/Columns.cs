namespace Leash.Benchmarks.Gateway;

/// <summary>Makes the columns; one whose program cannot be had is missing, and the reason is said.</summary>
internal static class Columns
{
    public static List<Column> Start(string directory, int originPort)
    {
        List<Column> columns =
        [
            new("direct", originPort, null),
            new("leash", originPort, () => Child.StartSelf(Certificates.At(directory).Roots, "gateway", originPort.ToString())),
        ];
        Add("nginx", "nginx", "nginx-light", () => StartNginx(directory, originPort));
        Add("mitmproxy", "mitmdump", "mitmproxy", () => StartMitmproxy(directory, originPort));
        return columns;

        void Add(string name, string program, string package, Func<Child> start)
        {
            if (Tool.Find(program, package) is { } problem)
            {
                Console.WriteLine($"no column {name}: {problem}");
                return;
            }

            columns.Add(new Column(name, originPort, start));
        }
    }

    /// <summary>A plain reverse proxy, TLS on both sides, as its documentation has it.</summary>
    private static Child StartNginx(string directory, int originPort)
    {
        var files = Certificates.At(directory);
        var port = Child.FreePort();
        var configuration = Path.Combine(directory, "nginx.conf");
        File.WriteAllText(configuration, $$"""
            user root;
            worker_processes auto;
            daemon off;
            pid {{directory}}/nginx.pid;
            error_log stderr crit;
            worker_rlimit_nofile 16384;
            events { worker_connections 8192; }
            http {
                access_log off;
                client_body_temp_path {{directory}}/body;
                proxy_temp_path {{directory}}/proxy;
                fastcgi_temp_path {{directory}}/fastcgi;
                uwsgi_temp_path {{directory}}/uwsgi;
                scgi_temp_path {{directory}}/scgi;
                keepalive_requests 100000000;
                keepalive_timeout 1h;
                client_max_body_size 0;
                upstream origin { server 127.0.0.1:{{originPort}}; keepalive 64; keepalive_requests 100000000; }
                server {
                    listen 127.0.0.1:{{port}} ssl http2;
                    ssl_certificate {{files.Leaf}};
                    ssl_certificate_key {{files.Key}};
                    ssl_protocols TLSv1.2 TLSv1.3;
                    proxy_pass_request_headers on;
                    proxy_http_version 1.1;
                    proxy_set_header Host $http_host;
                    proxy_set_header Connection "";
                    proxy_ssl_server_name on;
                    proxy_ssl_name localhost;
                    proxy_ssl_verify on;
                    proxy_ssl_trusted_certificate {{files.Roots}};
                    proxy_ssl_protocols TLSv1.2 TLSv1.3;
                    proxy_request_buffering off;
                    proxy_max_temp_file_size 0;
                    location / { proxy_pass https://origin; }
                    location /events { proxy_pass https://origin; proxy_buffering off; }
                }
            }
            """);
        return Child.StartAt(port, "nginx", "-p", directory, "-c", configuration);
    }

    /// <summary>Opens TLS like Leash's gateway; told to pass streams on, which it does not by itself.</summary>
    private static Child StartMitmproxy(string directory, int originPort)
    {
        var files = Certificates.At(directory);
        var port = Child.FreePort();
        var script = Path.Combine(directory, "stream.py");
        File.WriteAllText(script, """
            def responseheaders(flow):
                if flow.response.headers.get("content-type", "").startswith("text/event-stream"):
                    flow.response.stream = True

            """);
        return Child.StartAt(
            port, "mitmdump", "-q", "--mode", $"reverse:https://localhost:{originPort}", "--listen-host", "127.0.0.1", "-p", port.ToString(),
            "--set", "keep_host_header=true", "--set", $"ssl_verify_upstream_trusted_ca={files.Roots}", "--set", $"confdir={directory}/mitmproxy",
            "--set", "stream_large_bodies=1m", "-s", script);
    }
}
