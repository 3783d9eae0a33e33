using System.Buffers;

namespace Cedar.Schemas;

/// <summary>What a name in a schema looks like.</summary>
internal static class SchemaWords
{
    private static readonly SearchValues<char> s_parts =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz0123456789");

    /// <summary>Letters, digits and <c>_</c>, not a digit first.</summary>
    public static bool IsWord(ReadOnlySpan<char> text) => text.Length > 0 && !char.IsAsciiDigit(text[0]) && !text.ContainsAnyExcept(s_parts);

    /// <summary>The words that are never names in a schema. Unlike in policies, <c>__cedar</c> may stand before a built-in type.</summary>
    public static bool IsReserved(ReadOnlySpan<char> word) => word is "true" or "false" or "if" or "then" or "else" or "in" or "is" or "like" or "has";
}
