namespace Leash.Plan;

/// <summary>What tests of <see cref="TestDomain.Http"/> are about: a request, or a change of its headers.</summary>
public interface IHttpSubject
{
    /// <summary>A text; null when it does not have it.</summary>
    string? TextOf(HttpText text);

    /// <summary>The value of a header, null without one.</summary>
    /// <param name="name">Lower case.</param>
    string? HeaderOf(string name);
}
