using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Leash.Gateway.Dns;

/// <summary>
/// The real name servers. Every try has a new socket, hence a new random port, and a random id (RFC 5452); what does not answer
/// exactly this question from exactly this server is ignored and the wait goes on.
/// </summary>
internal sealed class DnsUpstream(IReadOnlyList<IPEndPoint> servers, TimeProvider time, TimeSpan timeout) : IDnsUpstream
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(2);

    private const int Rounds = 2;

    public async ValueTask<DnsMessage?> QueryAsync(DnsQuestion question, CancellationToken cancellationToken)
    {
        DnsMessage? failure = null;
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var server in servers)
            {
                var response = await TryAsync(server, question, cancellationToken).ConfigureAwait(false);
                if (response is { Rcode: DnsRcode.NoError or DnsRcode.NameError })
                {
                    return response;
                }

                failure = response ?? failure;
            }

            // Servers that answered with an error won't change their minds in a second round; silent ones may have lost a packet.
            if (failure is not null)
            {
                return failure;
            }
        }

        return null;
    }

    private async ValueTask<DnsMessage?> TryAsync(IPEndPoint server, DnsQuestion question, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var response = await ExchangeUdpAsync(server, question, edns: true, either.Token).ConfigureAwait(false);
            if (response.Rcode == DnsRcode.FormatError)
            {
                // Servers from before EDNS refuse the additional record (RFC 6891 §7).
                response = await ExchangeUdpAsync(server, question, edns: false, either.Token).ConfigureAwait(false);
            }

            return response.IsTruncated ? await ExchangeTcpAsync(server, question, either.Token).ConfigureAwait(false) : response;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return null;
        }
    }

    private static async ValueTask<DnsMessage> ExchangeUdpAsync(IPEndPoint server, DnsQuestion question, bool edns, CancellationToken cancellationToken)
    {
        // Connected, so that the kernel drops datagrams from anyone else.
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
        var id = RandomId();
        await socket.SendAsync(DnsWriter.WriteQuery(id, question, edns), cancellationToken).ConfigureAwait(false);
        var buffer = new byte[4096];
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (Accept(buffer.AsSpan(0, length), id, question) is { } response)
            {
                return response;
            }
        }
    }

    private static async ValueTask<DnsMessage?> ExchangeTcpAsync(IPEndPoint server, DnsQuestion question, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
        using var stream = new NetworkStream(socket);
        var id = RandomId();
        var query = DnsWriter.WriteQuery(id, question, edns: true);
        var framed = new byte[2 + query.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Length);
        query.CopyTo(framed, 2);
        await stream.WriteAsync(framed, cancellationToken).ConfigureAwait(false);

        var header = new byte[2];
        await stream.ReadExactlyAsync(header, cancellationToken).ConfigureAwait(false);
        var body = new byte[BinaryPrimitives.ReadUInt16BigEndian(header)];
        await stream.ReadExactlyAsync(body, cancellationToken).ConfigureAwait(false);
        return Accept(body, id, question);
    }

    private static ushort RandomId() => (ushort)RandomNumberGenerator.GetInt32(1 << 16);

    private static DnsMessage? Accept(ReadOnlySpan<byte> bytes, ushort id, DnsQuestion question)
    {
        var message = DnsMessage.Parse(bytes);
        if (message is null || !message.IsResponse || message.Id != id || message.Opcode != 0)
        {
            return null;
        }

        // A server that could not read the query at all echoes no question.
        if (message.Questions.IsEmpty)
        {
            return message.Rcode is DnsRcode.FormatError or DnsRcode.NotImplemented or DnsRcode.Refused ? message : null;
        }

        return message.Questions is [var echoed] && echoed == question ? message : null;
    }
}
