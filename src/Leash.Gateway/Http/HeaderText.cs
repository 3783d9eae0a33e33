using System.Text;

namespace Leash.Gateway.Http;

/// <summary>
/// Header values on their way through are read and written as Latin-1, one character per byte, so that any bytes arrive as they were sent (RFC 9110 §5.5,
/// obs-text). What the gateway itself puts in is text, and goes out as UTF-8.
/// </summary>
internal static class HeaderText
{
    /// <summary>Text in the form in which headers are held here.</summary>
    public static string FromText(string text) => Ascii.IsValid(text) ? text : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}
