using System.Reflection;

namespace MocoSharp.Recipes.Yaml;

/// <summary>
/// Makes immutable records from YAML, strictly: an unknown key, a missing one, another type or a value that the record refuses is an error
/// that names key, value, place and fix. Nothing is guessed, converted or left out.
/// </summary>
/// <remarks>Keys are the parameters of the longest public constructor in camel case; a parameter with a default, or that takes null, is
/// optional. Types: text, bool, int, long, ulong, finite float and double, enums, lists, records, structs of two numbers (<c>[0.2, 1]</c>),
/// and what the registry names. A parameter's <see cref="BoundsAttribute"/> says which numbers it takes. A record may check itself: in its
/// constructor, in a <c>void Check()</c>, or in a <c>Checked()</c> that returns it. An <see cref="ArgumentException"/>,
/// <see cref="MocoException"/>, <see cref="Imaging.ImagingException"/> or <see cref="Torch.TorchException"/> from there becomes an error at
/// the key that it names.
/// </remarks>
/// <param name="variants">The records that are written by name.</param>
public sealed class RecordBinder(VariantRegistry variants)
{
    private const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance,
        Direct = Own | BindingFlags.DoNotWrapExceptions;

    /// <summary>Binds a whole file.</summary>
    /// <typeparam name="T">A record.</typeparam>
    /// <exception cref="RecipeException">MS2005 … MS2009, or the id of the part that refused a value.</exception>
    public T Bind<T>(YamlDocumentFile file) where T : notnull => Bind<T>(file.Root);

    /// <summary>Binds one value.</summary>
    /// <typeparam name="T">Any type that a record's parameter may have.</typeparam>
    /// <param name="node">The value.</param>
    /// <param name="path">Its path, as errors name it; empty for the whole recipe.</param>
    /// <exception cref="RecipeException">MS2005 … MS2009, or the id of the part that refused a value.</exception>
    public T Bind<T>(YamlNode node, string path = "") where T : notnull =>
        (T)Value(typeof(T), node, new BindPath(path), isNullable: false, bounds: null)!;

    private object? Value(Type declared, YamlNode node, BindPath path, bool isNullable, BoundsAttribute? bounds)
    {
        Type type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (node is YamlScalar { IsNull: true })
            return isNullable ? null : throw BindErrors.WrongType(node, path, Expected(type), Fix(type));
        if (node is YamlScalar word && variants.ValuesOf(type) is { } values)
            return values.TryGetValue(word.Text, out object? known) ? known
                : throw BindErrors.UnknownName(word, VariantRegistry.NounOf(type), [.. values.Keys]);
        if (variants.FamilyOf(type) is { } family) return Variant(family, node, path);
        if (ScalarType.Covers(type))
        {
            if (node is YamlScalar scalar && ScalarType.Parse(type, scalar) is { } value) return Within(bounds, value, node, path);
            throw type.IsEnum && node is YamlScalar name
                ? BindErrors.UnknownName(name, VariantRegistry.NounOf(type), ScalarType.Names(type))
                : BindErrors.WrongType(node, path, Expected(type), Fix(type));
        }
        if (ListType.ItemOf(type) is { } item) return ListType.Make(type, Items(item, node, path, Expected(type), Fix(type), bounds));
        RecordShape shape = RecordShape.Of(type);
        if (shape.IsPair) return Within(bounds, Pair(shape, node, path), node, path);
        return node is YamlMap map ? Named(type, map, path)
            : throw BindErrors.WrongType(node, path, Expected(type), Fix(type));
    }

    private Array Items(Type item, YamlNode node, BindPath path, string expected, string fix, BoundsAttribute? bounds)
    {
        if (node is not YamlList list) throw BindErrors.WrongType(node, path, expected, fix);
        Array items = Array.CreateInstance(item, list.Items.Count);
        for (int i = 0; i < items.Length; i++)
            items.SetValue(Value(item, list.Items[i], path.Then(i), isNullable: Nullable.GetUnderlyingType(item) is not null, bounds), i);
        return items;
    }

    private object Pair(RecordShape shape, YamlNode node, BindPath path)
    {
        if (node is not YamlList { Items.Count: 2 } list) throw BindErrors.WrongType(node, path, Expected(shape.Type), Fix(shape.Type));
        YamlEntry[] entries = [.. shape.Keys.Select((key, i) => new YamlEntry(key.Name, list.Items[i].Place, list.Items[i]))];
        return Record(shape, entries, list.Place, path);
    }

    // A record whose name says which keys it has: a key of another name's is no slip of the pen.
    private object Named(Type type, YamlMap map, BindPath path)
    {
        RecordShape shape = RecordShape.Of(variants.ByName(type, map));
        YamlEntry? other = map.Entries.FirstOrDefault(entry => !shape.Has(entry.Key)
            && variants.DerivedOf(type).Any(derived => RecordShape.Of(derived.Record).Has(entry.Key)));
        if (other is not null && map.Find(VariantFamily.NameOfKey) is { } name)
            throw BindErrors.KeyOfAnother(other, path, name.Value.Describe());
        return Record(shape, map.Entries, map.Place, path);
    }

    private object Variant(VariantFamily family, YamlNode node, BindPath path)
    {
        if (node is YamlScalar bare) return Variant(family, bare, [], bare.Place, path);
        if (node is not YamlMap map) throw BindErrors.WrongType(node, path, family.OneOf,
            $"write one of {string.Join(", ", family.Types.Keys)}");
        if (family.Style == VariantStyle.OneKey)
        {
            if (map.Entries is not [var only])
                throw BindErrors.WrongType(node, path, $"one {family.Noun}",
                    "begin each with a dash, and put its keys in braces or indent them below its name");
            YamlScalar name = new(only.Key, IsPlain: true, only.KeyPlace);
            return only.Value is YamlScalar { IsNull: true } ? Variant(family, name, [], only.KeyPlace, path)
                : only.Value is YamlMap keys ? Variant(family, name, keys.Entries, only.KeyPlace, path.Then(only.Key))
                : throw BindErrors.WrongType(only.Value, path.Then(only.Key), "keys and values",
                    $"write its keys in braces: {only.Key}: {{…}}");
        }
        YamlEntry? named = map.Find(VariantFamily.NameOfKey);
        if (named is null) throw BindErrors.Missing(map.Place, path, VariantFamily.NameOfKey,
            $"one of {string.Join(", ", family.Types.Keys)}");
        if (named.Value is not YamlScalar { IsNull: false } given)
            throw BindErrors.WrongType(named.Value, path.Then(named.Key), $"the name of {family.OneOf}",
                $"write one of {string.Join(", ", family.Types.Keys)}");
        return Variant(family, given, [.. map.Entries.Where(entry => entry != named)], map.Place, path);
    }

    private object Variant(VariantFamily family, YamlScalar name, IReadOnlyList<YamlEntry> entries, YamlPlace place, BindPath path) =>
        family.Types.TryGetValue(name.Text, out Type? type) ? Record(RecordShape.Of(type), entries, place, path)
            : throw BindErrors.UnknownName(name, family.Noun, [.. family.Types.Keys]);

    private object Record(RecordShape shape, IReadOnlyList<YamlEntry> entries, YamlPlace place, BindPath path)
    {
        foreach (YamlEntry entry in entries)
            if (!shape.Has(entry.Key))
                throw BindErrors.UnknownKey(entry, path, [.. shape.Keys.Select(key => key.Name)]);
        object?[] arguments = new object?[shape.Keys.Count];
        for (int i = 0; i < arguments.Length; i++)
        {
            RecordKey key = shape.Keys[i];
            YamlEntry? entry = entries.FirstOrDefault(e => e.Key == key.Name);
            if (entry is null && !key.IsOptional) throw BindErrors.Missing(place, path, key.Name, Expected(key.Type));
            arguments[i] = entry is null ? key.Default : Value(key.Type, entry.Value, path.Then(key.Name), key.IsNullable, key.Bounds);
        }
        try
        {
            return Checked(shape.Constructor.Invoke(Direct, binder: null, arguments, culture: null));
        }
        catch (Exception error) when (Refusal.Covers(error))
        {
            throw Refusal.Explain(error, shape, entries, arguments, place, path);
        }
    }

    private static object Within(BoundsAttribute? bounds, object value, YamlNode node, BindPath path) =>
        bounds?.Hold(value) == false ? throw BindErrors.OutOfRange(node, path, bounds.Takes(value.GetType())) : value;

    private static object Checked(object record)
    {
        Type type = record.GetType();
        type.GetMethod("Check", Own, Type.EmptyTypes)?.Invoke(record, Direct, null, null, null);
        return type.GetMethod("Checked", Own, Type.EmptyTypes) is { } method && method.ReturnType == type
            ? method.Invoke(record, Direct, null, null, null)! : record;
    }

    /// <summary>What a key takes, in words.</summary>
    internal string Takes(RecordKey key) => key.Bounds?.Takes(Nullable.GetUnderlyingType(key.Type) ?? key.Type) ?? Expected(key.Type);

    private string Expected(Type declared)
    {
        Type type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (variants.ValuesOf(type) is { } values) return $"one of {string.Join(", ", values.Keys)}";
        if (variants.FamilyOf(type) is { } family) return family.OneOf;
        if (ScalarType.Covers(type)) return ScalarType.Expected(type);
        return ListType.ItemOf(type) is not null ? "a list" : RecordShape.Of(type).IsPair ? "two numbers" : "keys and values";
    }

    private string Fix(Type type)
    {
        if (variants.ValuesOf(type) is not null) return $"write {Expected(type)}";
        if (variants.FamilyOf(type) is { } family) return $"write one of {string.Join(", ", family.Types.Keys)}";
        if (ScalarType.Covers(type)) return ScalarType.Fix(type);
        if (ListType.ItemOf(type) is not null) return "write one item a line, each behind a dash, or all in brackets: [a, b]";
        return RecordShape.Of(type).IsPair ? "write both in brackets: [0.2, 1]" : "write one 'key: value' a line, indented below";
    }
}
