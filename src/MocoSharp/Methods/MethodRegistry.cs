using System.Reflection;
using MocoSharp.Encoders;

namespace MocoSharp.Methods;

/// <summary>Names a method in recipes and ties it to its options. The class needs a constructor <c>(Func&lt;Encoder&gt;, TOptions)</c>, or
/// <c>(MethodParts, TOptions)</c> where it depends on the data or wants encoders of other shapes.</summary>
/// <param name="name">Its name in recipes.</param>
/// <param name="options">A record derived from <see cref="MethodOptions"/>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class MethodAttribute(string name, Type options) : Attribute
{
    /// <summary>Its name in recipes.</summary>
    public string Name { get; } = name;

    /// <summary>Its options record.</summary>
    public Type Options { get; } = options;
}

/// <summary>Settings of a method. Each method has a record derived from this.</summary>
public abstract record MethodOptions
{
    /// <summary>Checks what needs the batch size, which options alone do not know.</summary>
    /// <param name="batchSize">Samples a step.</param>
    /// <exception cref="ArgumentException">A value does not fit; its parameter name is the option's.</exception>
    public virtual void Check(int batchSize)
    {
    }

    /// <summary>The same options with what follows from the batch size filled in.</summary>
    /// <param name="batchSize">Samples a step.</param>
    public virtual MethodOptions ForBatch(int batchSize) => this;
}

/// <summary>All methods by name. A new one is a class with a <see cref="MethodAttribute"/>, an options record, a recipe, a page and tests.</summary>
public static class MethodRegistry
{
    private static readonly SortedDictionary<string, (Type Method, Type Options)> s_methods = new(
        typeof(MethodRegistry).Assembly.GetTypes()
            .Select(static type => (Type: type, Attribute: type.GetCustomAttribute<MethodAttribute>()))
            .Where(static found => found.Attribute is not null)
            .ToDictionary(static found => found.Attribute!.Name, static found => (found.Type, found.Attribute!.Options)), StringComparer.Ordinal);

    /// <summary>The names, sorted, with their options records.</summary>
    public static IReadOnlyDictionary<string, Type> OptionTypes => s_methods.ToDictionary(static m => m.Key, static m => m.Value.Options);

    /// <summary>The name of the method that a record belongs to.</summary>
    public static string NameOf(MethodOptions options) => s_methods.First(method => method.Value.Options == options.GetType()).Key;

    /// <summary>Builds a method with fresh weights.</summary>
    /// <param name="parts">Encoders and what is known of the pictures.</param>
    /// <param name="options">The method's settings; their type chooses the method.</param>
    public static Method Create(MethodParts parts, MethodOptions options)
    {
        Type type = s_methods[NameOf(options)].Method;
        try
        {
            bool wantsParts = type.GetConstructor([typeof(MethodParts), options.GetType()]) is not null;
            return (Method)Activator.CreateInstance(type, wantsParts ? parts : (Func<Encoder>)parts.Encoder, options)!;
        }
        catch (TargetInvocationException error) when (error.InnerException is { } cause)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(cause);
            throw;
        }
    }
}
