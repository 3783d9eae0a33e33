using Cedar.Schemas;
using Cedar.Syntax;

namespace Cedar.Tests.Schemas;

/// <summary>Texts that the reference implementation takes for schemas, with our warnings and what they underline.</summary>
public sealed class AcceptedSchemaTests
{
    private const string Texts = """
        entity A;
        entity A {};
        entity A = {};
        entity A in B; entity B in A;
        entity A in A;
        entity A in [];
        entity A enum ["x"];
        entity A enum ["x","x"];
        entity A, B enum ["x"];
        entity E enum ["a"]; entity A in E;
        entity A tags String;
        entity A = {} tags Set<String>;
        entity A in B {a: String} tags Long; entity B;
        entity A {a: B}; type B = String;
        entity A {a: B}; type B = A;
        entity B; type B = String; entity A {a:B}; => CEDAR0115 `B`
        entity String; entity A {a: String}; => CEDAR0114 `String`
        entity Boolean;
        entity A {a: Bool};
        type ipaddr = Long; => CEDAR0114 `ipaddr`
        entity ipaddr; entity A {a: ipaddr}; => CEDAR0114 `ipaddr`
        type EntityOrCommon = Long;
        entity Set;
        type Action = Long;
        entity A {a: __cedar::String};
        entity A {a: __cedar::ipaddr};
        namespace A {}
        namespace A::B { entity X {a: Y, b: A::B::Y}; entity Y;}
        entity Y; namespace A { entity X {a: Y}; }
        namespace A{entity X {a: A::X};}
        action a;
        action "a b";
        action a in b; action b;
        action a in [b, Action::"c"]; action b; action c;
        action a in ["b"]; action b;
        action a in "b c"; action "b c";
        action a appliesTo {principal: A, resource: A}; entity A;
        action a appliesTo {context: {}, resource: A, principal: A}; entity A;
        action a appliesTo {principal: A, resource: A, context: C}; entity A; type C = {};
        action a appliesTo {principal: [A, A], resource: A}; entity A;
        action a attributes {};
        action a appliesTo {principal: A, resource: A} attributes {}; entity A;
        action a in b appliesTo {principal: A, resource: A}; entity A; action b;
        action a appliesTo {principal: E, resource: E}; entity E enum ["a"];
        entity A {a: Long,};
        entity A {a: Long, a: Long}; => CEDAR0113 `a`
        entity A {a?: Long, "a": Long}; => CEDAR0113 `"a"`
        entity A {"a b"?: Long};
        entity A {a: {b: Set<{c: Long}>}};
        entity entity; entity type; entity namespace; entity tags; entity enum; entity appliesTo; entity principal;
        type type = Long;
        entity A {a: type}; type type=Long;
        action entity, action, appliesTo;
        action action appliesTo {principal:A, resource:A}; entity A;
        action __cedar;
        @a("b") entity A;
        @a entity A;
        @a("b") @c("d") namespace X { @e type T = Long; @f("") action a; @if("x") entity Y {@g("h") a: Long, @i "b"?: Long}; }
        @a entity A, B; @b action x, y;
        @a("\n\u{61}") entity A;
        // c
        entity A {a: Set<B>}; entity B {b: Set<A>};
        action a appliesTo {principal: [A, B], resource: A, context: {a: Long}}; entity A, B;
        action "\u{1F600}";
        entity A {a: B, }; namespace B {entity X;} entity B;
        namespace B {entity X;} entity B;
        entity A {a: B::X}; namespace B {entity X;}
        namespace A { action a in b; } action b;
        namespace A { action a in Action::"b"; } action b;
        namespace A { action a in A::Action::"b"; action b; }
        namespace A {action a in [B::Action::"b"];} namespace B {action b;}
        entity Long; entity A in Long; => CEDAR0114 `Long`
        namespace N { entity A in B; } entity B;
        entity A {a: __cedar::decimal, b: datetime, c: duration, d: decimal};
        namespace N { entity Long; entity A {a: Long}; } => CEDAR0114 `Long`
        namespace M { type T = U; } type U = Long;
        entity A = {a: Long};
        entity A in [B, C] {}; entity B, C;
        entity A ;
        entity A {a ? : Long};
        type ipaddr2 = ipaddr; entity A {a: ipaddr2};
        namespace N { type ipaddr = Long; } => CEDAR0114 `ipaddr`
        entity A{a: N::String}; namespace N{entity String;} => CEDAR0114 `String`
        namespace ipaddr {entity X;}
        entity decimal; entity A {a: decimal, b: __cedar::decimal}; => CEDAR0114 `decimal`
        action a appliesTo {principal: A, resource: A, context: {x: A}}; entity A;
        action a in [b,b]; action b;
        entity A in [B,B]; entity B;
        namespace Action {entity X;}
        namespace Action::B {entity X;}
        namespace A::Action {entity X;}
        namespace A { type Action = Long; }
        entity A {a: Action}; action a;
        namespace N {action a; entity A {a: Action};}
        namespace N {action a;} entity A {a: N::Action};
        entity principal; entity A {a:principal};
        namespace N {entity String; entity A {a: String};} => CEDAR0114 `String`
        entity ipaddr; namespace N {entity A {a: ipaddr};} => CEDAR0114 `ipaddr`
        type ipaddr=Long; entity A{a: ipaddr, b: __cedar::ipaddr}; => CEDAR0114 `ipaddr`
        action a appliesTo {principal: A, resource: A,}; entity A;
        action a appliesTo {principal: A, resource: [A], context: {},}; entity A;
        entity A {__cedar: Long};
        entity A {principal: Long};
        type B={}; entity B; entity A {a: B}; => CEDAR0115 `B`
        action a in __cedar; action __cedar;
        @in entity A;
        @true("x") entity A;
        namespace N {} entity A; namespace M {} entity B;
        action a appliesTo {principal: A, resource: A, context: N::C}; entity A; namespace N {type C={};}
        entity A {"": Long};
        action "";
        entity A enum [""];
        namespace N{type A=Long; entity A;} => CEDAR0115 `A`
        type A = {}; entity A in A; => CEDAR0115 `A`
        entity A = {x: {},};
        entity A {@a x: Long, @b("") y: {@c z: Long}};
        entity A {"a": Long, "a"?: String}; => CEDAR0113 `"a"`
        entity A {a: Set<Set<Set<Long>>>};
        entity A {a?:Long,b?:Long}; entity B{};entity C tags{a:Long};
        entity C tags T; type T={a: C};
        action a appliesTo {principal: A, resource: A, context: A}; entity A; type A = {}; => CEDAR0115 `A`
        action a appliesTo { resource: A, context: {}, principal: [A] } attributes {}; entity A;
        entity A,B,C in [A,B,C] {};
        namespace A {entity B;} namespace A::B {entity C;} entity X {a: A::B::C, b: A::B};
        action a in [Action::"b", "c"]; action b,c;
        action Action;
        action a in Action; action Action;
        action a in [Action]; action Action;
        """;

    public static TheoryData<string> Rows => [.. Texts.Split('\n')];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Text_IsASchema(string row)
    {
        var (text, reports) = SchemaRow.Split(row);
        var result = Schema.Parse(new SourceText(text));

        Assert.False(result.HasErrors);
        Assert.Equal(reports, SchemaRow.Reports(text, result.Diagnostics));
    }
}
