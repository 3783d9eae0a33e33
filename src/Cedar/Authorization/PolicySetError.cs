using Cedar.Diagnostics;
using Cedar.Syntax;

namespace Cedar.Authorization;

/// <summary>Why a policy set was not changed as asked.</summary>
/// <param name="Code">One of <see cref="CedarCodes"/>.</param>
/// <param name="Message">One line, lower case, without a period.</param>
/// <param name="Help">What to do about it, or null.</param>
public sealed record PolicySetError(string Code, string Message, string? Help = null)
{
    /// <summary>The same as a diagnostic about a place in a text.</summary>
    public Diagnostic At(SourceText source, SourceSpan span) => new(Code, Severity.Error, Message, Help, span, source);
}
