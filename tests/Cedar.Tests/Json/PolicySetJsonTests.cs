using Cedar.Authorization;
using Cedar.Diagnostics;
using Cedar.Evaluation;
using Cedar.Json;
using Cedar.Syntax;
using Cedar.Tests.Syntax;
using Cedar.Values;

namespace Cedar.Tests.Json;

public sealed class PolicySetJsonTests
{
    private const string Policy = "permit(principal,action,resource);";
    private const string Template = "permit(principal == ?principal,action,resource);";
    private const string Json = """{"effect": "forbid", "principal": {"op": "All"}, "action": {"op": "All"}, "resource": {"op": "All"}, "conditions": []}""";

    public static TheoryData<string, string[]> Sets => new()
    {
        { "{}", [] },
        { $$$$"""{"staticPolicies": "{{{{Policy}}}} {{{{Policy}}}}"}""", ["policy0", "policy1"] },
        { $$$$"""{"staticPolicies": ["{{{{Policy}}}}", {{{{Json}}}}]}""", ["policy0", "policy1"] },
        { $$$$"""{"staticPolicies": {"a": "{{{{Policy}}}}", "b": {{{{Json}}}}}}""", ["a", "b"] },
        { $$$$"""{"templates": {"t": "{{{{Template}}}}"}}""", ["t"] },
        {
            $$$$"""{"templates": {"t": "{{{{Template}}}}"}, "templateLinks": [{"templateId": "t", "newId": "x", "values": {"?principal": {"type": "A", "id": "b"} } } ]}""",
            ["t", "x"]
        },
        {
            $$$$"""{"templates": {"t": "{{{{Template}}}}"}, "templateLinks": [{"templateId": "t", "newId": "x", "values": {"?principal": {"__entity": {"type": "A", "id": "b"} } } } ]}""",
            ["t", "x"]
        },
    };

    /// <summary>JSON with the place of the report in brackets, its code and its message.</summary>
    public static TheoryData<string, string, string> Mistakes => new()
    {
        { "«[]»", CedarCodes.JsonKind, "expected a policy set, an object, found an array" },
        { """{«"policies"»: {}}""", CedarCodes.UnknownJsonName, "unknown name \"policies\"" },
        { """{"staticPolicies": «null»}""", CedarCodes.JsonKind, "expected policies: an object with their ids as names, an array, or a string in Cedar syntax, found null" },
        { $$$$"""{"staticPolicies": «"{{{{Template}}}}"»}""", CedarCodes.InvalidSlot, "policy `policy0` has a slot" },
        { $$$$"""{"staticPolicies": {«"a"»: "{{{{Template}}}}"}}""", CedarCodes.InvalidSlot, "policy `a` has a slot" },
        { $$$$"""{"staticPolicies": {"a": «"{{{{Policy}}}}{{{{Policy}}}}"»}}""", CedarCodes.InvalidJsonValue, "expected one policy, found 2" },
        { """{"staticPolicies": {"a": «""»}}""", CedarCodes.InvalidJsonValue, "expected one policy, found 0" },
        { $$$$"""{"templates": {«"t"»: "{{{{Policy}}}}"}}""", CedarCodes.NotATemplate, "policy `t` is not a template" },
        { $$$$"""{"templates": {«"t"»: {{{{Json}}}}}}""", CedarCodes.NotATemplate, "policy `t` is not a template" },
        { $$$$"""{"staticPolicies": {"t": "{{{{Policy}}}}"}, "templates": {«"t"»: "{{{{Template}}}}"}}""", CedarCodes.DuplicatePolicyId, "the id `t` is used twice" },
        { """{"templateLinks": [«{"templateId": "t", "newId": "x", "values": {}}»]}""", CedarCodes.UnknownTemplate, "there is no template `t`" },
        { Link("""«{"templateId": "t", "newId": "x", "values": {}}»"""), CedarCodes.MissingSlotValue, "slot `?principal` of template `t` is given no value" },
        { Link("""«{»"templateId": "t", "newId": "x"}"""), CedarCodes.MissingJsonName, "`values` is missing" },
        { Link("""{"templateId": "t", "newId": "x", "values": {«"?action"»: 1}}"""), CedarCodes.UnknownJsonName, "unknown name \"?action\"" },
        {
            Link("""«{"templateId": "t", "newId": "t", "values": {"?principal": {"type": "A", "id": "b"}}}»"""), CedarCodes.DuplicatePolicyId,
            "the id `t` is used twice"
        },
        {
            Link("""«{"templateId": "t", "newId": "x", "values": {"?principal": {"type": "A", "id": "b"}, "?resource": {"type": "A", "id": "b"}}}»"""),
            CedarCodes.UnexpectedSlotValue, "template `t` has no slot `?resource`"
        },
        { Link("""{"templateId": "t", "newId": "x", "values": {"?principal": «1»}}"""), CedarCodes.JsonKind, "expected an entity such as {\"type\": \"User\", \"id\": \"alice\"}, found a number" },
    };

    [Theory]
    [MemberData(nameof(Sets))]
    public void Set_IsReadAndWritten(string text, string[] ids)
    {
        var set = Read(text);

        Assert.Equal(ids, set.Templates.Concat(set.Policies).Select(policy => policy.Id));
        var again = Read(PolicySetJson.Write(set));
        Assert.Equal(set.Templates.Concat(set.Policies).Select(TreeText.Of), again.Templates.Concat(again.Policies).Select(TreeText.Of));
        Assert.Equal(set.Policies.Select(policy => policy.Link), again.Policies.Select(policy => policy.Link));
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Mistake_IsReportedWhereItIs(string marked, string code, string message)
    {
        var start = marked.IndexOf('«', StringComparison.Ordinal);
        var end = marked.IndexOf('»', StringComparison.Ordinal);

        var result = PolicySetJson.Read(new SourceText(marked.Replace("«", "", StringComparison.Ordinal).Replace("»", "", StringComparison.Ordinal)));

        Assert.Null(result.PolicySet);
        var diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal((code, message, new SourceSpan(start, end - start - 1)), (diagnostic.Code, diagnostic.Message, diagnostic.Span));
    }

    [Fact]
    public void MistakeInCedarSyntax_PointsIntoThatText_AndIsReportedOnce()
    {
        var result = PolicySetJson.Read(new SourceText(
            "set.json",
            """{"templates": {"t": "permit(principal,\naction == ,resource);"}, "templateLinks": [{"templateId": "t", "newId": "x", "values": {}}]}"""));

        Assert.Null(result.PolicySet);
        Assert.StartsWith("set.json#t:2:11: error[CEDAR0001]", Assert.Single(result.Diagnostics).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void LinkedPolicy_Decides()
    {
        var set = Read(Link("""{"templateId": "t", "newId": "x", "values": {"?principal": {"type": "A", "id": "b"}}}"""));
        var request = new Request(new EntityUid("A", "b"), new EntityUid("Action", "a"), new EntityUid("B", "c"), RecordValue.Empty);

        Assert.Equal(Decision.Allow, Authorizer.Authorize(set, request, EntityStore.Empty).Decision);
    }

    private static string Link(string link) => $$$$"""{"templates": {"t": "{{{{Template}}}}"}, "templateLinks": [{{{{link}}}}]}""";

    private static PolicySet Read(string text)
    {
        var result = PolicySetJson.Read(new SourceText(text));
        Assert.Empty(result.Diagnostics);
        return result.PolicySet!;
    }
}
