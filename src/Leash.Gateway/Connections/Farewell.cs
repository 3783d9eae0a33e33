using System.Text;
using Leash.Gateway.Http;
using Leash.Gateway.Records;

namespace Leash.Gateway.Connections;

/// <summary>What a refused connection hears last, in the language that it spoke.</summary>
internal static class Farewell
{
    // RFC 8446 §6.2.
    private const byte IllegalParameter = 47;
    private const byte AccessDenied = 49;
    private const byte DecodeError = 50;
    private const byte UnrecognizedName = 112;
    private const byte InternalError = 80;

    /// <summary>A fatal alert in a record of its own (RFC 8446 §5.1, §6).</summary>
    public static byte[] Tls(GatewayRefusal refusal)
    {
        var description = refusal switch
        {
            GatewayRefusal.MalformedClientHello => DecodeError,
            GatewayRefusal.InvalidServerName or GatewayRefusal.HostMismatch or GatewayRefusal.AddressMismatch => UnrecognizedName,
            GatewayRefusal.EncryptedClientHello => IllegalParameter,
            GatewayRefusal.Denied or GatewayRefusal.DeciderFailed => AccessDenied,
            _ => InternalError,
        };
        return [21, 3, 3, 0, 2, 2, description];
    }

    /// <summary>An answer of HTTP/1.1 with a problem, after which the connection closes.</summary>
    public static byte[] Http(ConnectionRecord record, GatewayRefusal refusal)
    {
        var request = new RequestRecord(record.Id, "", "http", record.Name ?? "", 0, "", "", null, null)
        {
            Refusal = refusal, Reason = record.Reason, PolicyIds = record.PolicyIds, Help = record.Help,
        };
        var body = Problem.Format(request, refusal);
        var head = $"HTTP/1.1 {refusal.ToStatus()} Refused\r\nContent-Type: application/problem+json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }
}
