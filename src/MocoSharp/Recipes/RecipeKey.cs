using MocoSharp.Recipes.Yaml;

namespace MocoSharp.Recipes;

/// <summary>One key that recipes may have, and what it takes.</summary>
/// <param name="Path">Its path as <c>--set</c> takes it; N stands for a number in a list.</param>
/// <param name="Of">The method, optimizer or the like that has it; empty where all recipes do.</param>
/// <param name="Takes">Its type, and its range where it is a number.</param>
/// <param name="Default">What it is when it is left out: empty where nothing stands for itself, "required" where it may not be.</param>
/// <param name="What">What it means; empty where the documentation file of the library is not beside it.</param>
public sealed record RecipeKey(string Path, string Of, string Takes, string Default, string What)
{
    /// <summary>All of them, in the order of the records that they are read into.</summary>
    public static IReadOnlyList<RecipeKey> All { get; } = [.. Keys(typeof(Recipe), "", "")];

    private static IEnumerable<RecipeKey> Keys(Type record, string path, string of) =>
        RecordShape.Of(record).Keys.SelectMany(key => Keys(record, key, path, of)).Concat(
            from derived in RecipeFile.Variants.DerivedOf(record)
            from key in RecordShape.Of(derived.Record).Keys
            where !RecordShape.Of(record).Keys.Any(common => common.Name == key.Name)
            from own in Keys(derived.Record, key, path, derived.Name)
            select own);

    private static IEnumerable<RecipeKey> Keys(Type record, RecordKey key, string path, string of) =>
        Keys(record, key, Nullable.GetUnderlyingType(key.Type) ?? key.Type, path + key.Name, of);

    private static IEnumerable<RecipeKey> Keys(Type record, RecordKey key, Type type, string path, string of)
    {
        if (ListType.ItemOf(type) is { } item && IsRecord(item)) return Keys(record, key, item, path + ".N", of);
        // a method that holds methods has their keys, which are told once
        if (RecipeFile.Variants.FamilyOf(type) is { } family && !family.Types.Values.Contains(record))
            return family.Types.SelectMany(variant =>
                Keys(variant.Value, family.Style == VariantStyle.OneKey ? $"{path}.{variant.Key}." : path + ".", variant.Key)
                .Prepend(new RecipeKey(family.Style == VariantStyle.OneKey ? $"{path}.{variant.Key}" : $"{path}.name={variant.Key}",
                variant.Key, "", "", "")));
        if (IsRecord(type) && RecipeFile.Variants.ValuesOf(type) is null && RecipeFile.Variants.FamilyOf(type) is null)
            return Keys(type, path + ".", of);
        return [new RecipeKey(path, of, RecipeFile.Binder.Takes(key), key.IsOptional ? Text(key) : "required",
            KeyTexts.Of(record, key.MemberName))];
    }

    private static bool IsRecord(Type type) => !ScalarType.Covers(type) && ListType.ItemOf(type) is null
        && (RecipeFile.Variants.FamilyOf(type) is not null || !RecordShape.Of(type).IsPair);

    private static string Text(RecordKey key) => key.Default is { } value && ScalarType.Covers(value.GetType())
        ? ScalarType.Write(value).Text : "";
}
