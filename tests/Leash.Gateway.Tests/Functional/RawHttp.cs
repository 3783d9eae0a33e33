using System.Text;

namespace Leash.Gateway.Tests.Functional;

/// <summary>Requests written by hand, for what no client library sends.</summary>
internal static class RawHttp
{
    /// <summary>Sends a text (one character per byte) and reads until the connection ends.</summary>
    public static async Task<string> ExchangeAsync(Stream stream, string request)
    {
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), Deadline.Token);
        }
        catch (IOException)
        {
            // A reset may come before the write does.
        }

        return await ReadToEndAsync(stream);
    }

    public static async Task<string> ReadToEndAsync(Stream stream)
    {
        using var all = new MemoryStream();
        try
        {
            await stream.CopyToAsync(all, Deadline.Token);
        }
        catch (IOException)
        {
            // A reset ends it as well.
        }

        return Encoding.Latin1.GetString(all.ToArray());
    }

    /// <summary>Reads until a text has come.</summary>
    public static async Task<string> ReadUntilAsync(Stream stream, string end)
    {
        var text = new StringBuilder();
        var buffer = new byte[1];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(buffer, Deadline.Token) == 0)
            {
                break;
            }

            text.Append((char)buffer[0]);
        }

        return text.ToString();
    }

    public static int Status(string response) => response.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? int.Parse(response.AsSpan(9, 3)) : 0;
}
