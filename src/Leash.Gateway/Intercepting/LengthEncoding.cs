using System.Text;
using Leash.Http.Canonical;

namespace Leash.Gateway.Intercepting;

/// <summary>
/// How Kestrel decodes the value of Content-Length, of which it then keeps nothing but a number, read as .NET reads numbers: with a sign, and with white
/// space and NULs around it. What is no length by HTTP's grammar is decoded to what is no number by .NET's either, so that Kestrel refuses the request.
/// </summary>
internal sealed class LengthEncoding : Encoding
{
    public static readonly LengthEncoding Instance = new();

    private const string NoNumber = "?";

    public override int GetCharCount(byte[] bytes, int index, int count) => Decode(bytes.AsSpan(index, count)).Length;

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
    {
        var text = Decode(bytes.AsSpan(byteIndex, byteCount));
        text.CopyTo(chars.AsSpan(charIndex));
        return text.Length;
    }

    public override int GetByteCount(char[] chars, int index, int count) => Latin1.GetByteCount(chars, index, count);

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) => Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetMaxByteCount(int charCount) => Latin1.GetMaxByteCount(charCount);

    public override int GetMaxCharCount(int byteCount) => Latin1.GetMaxCharCount(byteCount);

    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = Latin1.GetString(bytes);
        return FieldText.IsLength(text) ? text : NoNumber;
    }
}
