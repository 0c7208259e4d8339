namespace MocoSharp.Recipes.Yaml;

/// <summary>Which parameter types are lists in YAML.</summary>
internal static class ListType
{
    /// <summary>The items' type; null where the type is no list.</summary>
    public static Type? ItemOf(Type type)
    {
        if (type.IsArray) return type.GetElementType();
        if (!type.IsGenericType) return null;
        Type definition = type.GetGenericTypeDefinition();
        return definition == typeof(IReadOnlyList<>) || definition == typeof(IReadOnlyCollection<>) || definition == typeof(IEnumerable<>)
            || definition == typeof(ValueList<>) ? type.GetGenericArguments()[0] : null;
    }

    /// <summary>A list of the parameter's type; one that compares by value unless it is an array.</summary>
    public static object Make(Type type, Array items) => type.IsArray ? items : ValueList.FromArray(items);
}
