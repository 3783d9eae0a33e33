using System.IO.Pipelines;
using System.Net.Security;
using Leash.Gateway.Certificates;
using Leash.Gateway.Http;

namespace Leash.Gateway.Intercepting;

/// <summary>
/// A handshake between the two halves of this process that nobody sees: what the first real one would have waited for (a key, OpenSSL's tables, the
/// machine's roots, code that is compiled when it first runs) is there afterwards.
/// </summary>
internal static class TlsRehearsal
{
    /// <summary>A name that is nobody's (RFC 2606 §2).</summary>
    private const string Host = "rehearsal.invalid";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(LeafCertificates leaves)
    {
        using var limit = new CancellationTokenSource(Limit);
        var (there, back) = (new Pipe(), new Pipe());
        await using var server = new SslStream(new DuplexStream(there.Reader.AsStream(), back.Writer.AsStream()));
        await using var client = new SslStream(new DuplexStream(back.Reader.AsStream(), there.Writer.AsStream()));
        var serverOptions = new SslServerAuthenticationOptions { ServerCertificateContext = leaves.Get(Host), ApplicationProtocols = [SslApplicationProtocol.Http11] };
        var clientOptions = new SslClientAuthenticationOptions
        {
            TargetHost = Host,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            // The chain is built and found to end nowhere: that is all it is for. Nothing is sent.
            RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
        };
        await Task.WhenAll(server.AuthenticateAsServerAsync(serverOptions, limit.Token), client.AuthenticateAsClientAsync(clientOptions, limit.Token)).ConfigureAwait(false);
    }

    /// <summary>A stream to read from and one to write to, as one.</summary>
    private sealed class DuplexStream(Stream input, Stream output) : AsynchronousStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => input.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => output.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

        public override void Flush() => output.Flush();
    }
}
