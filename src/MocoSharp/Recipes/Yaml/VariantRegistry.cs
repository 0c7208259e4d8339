using System.Text.Json;

namespace MocoSharp.Recipes.Yaml;

/// <summary>How a variant's name is written.</summary>
public enum VariantStyle
{
    /// <summary>A mapping with a key <c>name</c> beside the variant's own keys; the bare name where all of those have defaults.</summary>
    NameKey,

    /// <summary>A mapping of one key, the name, to the variant's own keys; the bare name where all of those have defaults.</summary>
    OneKey,
}

/// <summary>Which records a name in a recipe may stand for, where the type alone does not tell. Fill it once, then only read it.</summary>
public sealed class VariantRegistry
{
    private readonly Dictionary<Type, VariantFamily> _families = [];
    private readonly Dictionary<Type, IReadOnlyDictionary<string, object>> _values = [];
    private readonly Dictionary<Type, (Func<string, Type> OfName, Func<IEnumerable<(string Name, Type Record)>> Derived)> _byName = [];

    /// <summary>Lets values of a base record be written by the name of a derived one.</summary>
    /// <typeparam name="TBase">The type of the records' parameter, such as a schedule.</typeparam>
    /// <param name="style">How the name is written.</param>
    /// <param name="types">Name to record.</param>
    /// <param name="noun">What errors call one; from the type's name when null.</param>
    /// <exception cref="ArgumentException">A type does not fit the base, has two names, or its own key is called <c>name</c>.</exception>
    public VariantRegistry Add<TBase>(VariantStyle style, IReadOnlyDictionary<string, Type> types, string? noun = null) where TBase : class
    {
        foreach ((string name, Type type) in types)
        {
            if (type.IsAbstract || !type.IsAssignableTo(typeof(TBase)))
                throw new ArgumentException($"{type}, registered as '{name}', is no {typeof(TBase).Name} that can be made", nameof(types));
            if (style == VariantStyle.NameKey && RecordShape.Of(type).Keys.Any(key => key.Name == VariantFamily.NameOfKey))
                throw new ArgumentException($"{type}, registered as '{name}', has a parameter of its own called Name", nameof(types));
            if (types.Count(other => other.Value == type) > 1)
                throw new ArgumentException($"{type} has two names, so it could not be written", nameof(types));
        }
        _families.Add(typeof(TBase), new VariantFamily(noun ?? NounOf(typeof(TBase)), style, types));
        return this;
    }

    /// <summary>Lets known values of a type be written by their name: <c>stats: imageNet</c>.</summary>
    /// <typeparam name="T">The values' type.</typeparam>
    /// <param name="values">Name to value.</param>
    public VariantRegistry AddValues<T>(IReadOnlyDictionary<string, T> values) where T : notnull
    {
        _values.Add(typeof(T), values.ToDictionary(pair => pair.Key, pair => (object)pair.Value));
        return this;
    }

    /// <summary>Lets a record's own <c>name</c> say which derived record its other keys belong to.</summary>
    /// <typeparam name="T">The base record, which has the parameter <c>Name</c>.</typeparam>
    /// <param name="ofName">Name to record; the base for a name that is unknown.</param>
    /// <param name="derived">The derived records, by one name of each.</param>
    public VariantRegistry AddByName<T>(Func<string, Type> ofName, Func<IEnumerable<(string Name, Type Record)>> derived) where T : class
    {
        _byName.Add(typeof(T), (ofName, derived));
        return this;
    }

    internal Type ByName(Type type, YamlMap map) =>
        _byName.TryGetValue(type, out var family) && map.Find(VariantFamily.NameOfKey)?.Value is YamlScalar name ? family.OfName(name.Text)
            : type;

    internal IEnumerable<(string Name, Type Record)> DerivedOf(Type type) => _byName.TryGetValue(type, out var family) ? family.Derived()
        : [];

    internal VariantFamily? FamilyOf(Type type) => _families.GetValueOrDefault(type);

    internal IReadOnlyDictionary<string, object>? ValuesOf(Type type) => _values.GetValueOrDefault(type);

    internal static string NounOf(Type type) => JsonNamingPolicy.KebabCaseLower.ConvertName(type.Name).Replace('-', ' ');
}

/// <summary>The variants of one base record.</summary>
internal sealed record VariantFamily(string Noun, VariantStyle Style, IReadOnlyDictionary<string, Type> Types)
{
    public const string NameOfKey = "name";

    /// <summary>The noun with its article.</summary>
    public string OneOf => "aeiou".Contains(Noun[0], StringComparison.Ordinal) ? $"an {Noun}" : $"a {Noun}";

    public string NameOf(Type type) => Types.FirstOrDefault(pair => pair.Value == type).Key
        ?? throw new InvalidOperationException($"{type} cannot be written: it is not registered as a {Noun}");
}
