using System.Globalization;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Recipes.Yaml;

namespace MocoSharp.Tests.Recipes;

/// <summary>All keys of a recipe that hold numbers, found by walking the records behind it: none can be forgotten.</summary>
internal static class RecipeNumbers
{
    private static readonly Type[] s_numbers = [typeof(int), typeof(long), typeof(ulong), typeof(float), typeof(double)];

    /// <summary>Each number's path as <c>--set</c> takes it, with what puts a text into its place: <c>[x, x]</c> in an interval.</summary>
    internal static IEnumerable<(string Path, Func<string, string> Written)> Of(object record, string path = "")
    {
        foreach (RecordKey key in RecordShape.Of(record.GetType()).Keys)
        {
            string own = path + key.Name;
            object? value = key.ValueIn(record);
            Type type = Nullable.GetUnderlyingType(key.Type) ?? key.Type;
            if (s_numbers.Contains(type)) yield return (own, static text => text);
            else if (ListType.ItemOf(type) is { } item && ListType.ItemOf(item) is not null)
                yield return (own + ".0.0", static text => text);
            else if (Holding(type) is { } written) yield return (own, written);
            else if (value is System.Collections.IEnumerable items and not string)
                foreach (var inner in items.Cast<object>().SelectMany((item, i) => Of(item, $"{own}.{i}.{Name(item)}"))) yield return inner;
            else if (value is not null && !type.IsEnum && type != typeof(string) && type != typeof(bool) && !IsNamed(value))
                foreach (var inner in Of(value, own + ".")) yield return inner;
        }
    }

    /// <summary>Whether a type is made of numbers alone.</summary>
    internal static bool IsNumeric(Type type) => s_numbers.Contains(Nullable.GetUnderlyingType(type) ?? type) || Holding(type) is not null;

    /// <summary>Whether a key of this type must say which numbers it takes: not where the items of a list say so themselves.</summary>
    internal static bool NeedsBounds(Type type) => IsNumeric(type)
        && !(ListType.ItemOf(type) is { IsPrimitive: false, IsValueType: true } item
        && RecordShape.Of(item).Keys.All(static key => key.Bounds is not null));

    private static Func<string, string>? Holding(Type type)
    {
        if (type.IsValueType && !type.IsPrimitive && !type.IsEnum && RecordShape.Of(type).IsPair)
            return static text => string.Create(CultureInfo.InvariantCulture, $"[{text}, {text}]");
        if (ListType.ItemOf(type) is not { } item) return null;
        return s_numbers.Contains(item) ? static text => $"[{text}]" : Holding(item) is { } inner ? text => $"[{inner(text)}]" : null;
    }

    private static bool IsNamed(object value) => value is ChannelStats stats && ChannelStats.All.Values.Contains(stats);

    private static string Name(object item) => item switch
    {
        Augmentation step => step.Name + ".",
        PictureModality => "picture.",
        DepthModality => "depth.",
        PaletteModality => "palette.",
        _ => "",
    };
}
