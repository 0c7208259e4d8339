namespace MocoSharp;

/// <summary>The ids of this library's errors: MS2xxx recipes, MS4xxx runs and checkpoints, MS5xxx evaluation.</summary>
public static class ErrorIds
{
    /// <summary>A recipe file is no YAML.</summary>
    public const string RecipeSyntax = "MS2001";

    /// <summary>A recipe file is YAML of a form that recipes do not have: empty, several documents, anchors, tags.</summary>
    public const string RecipeForm = "MS2002";

    /// <summary>Two values of a recipe contradict each other.</summary>
    public const string RecipeContradiction = "MS2003";

    /// <summary>A key stands twice in one mapping.</summary>
    public const string DuplicateKey = "MS2004";

    /// <summary>A key that nothing reads.</summary>
    public const string UnknownKey = "MS2005";

    /// <summary>A key without a default was left out.</summary>
    public const string MissingKey = "MS2006";

    /// <summary>A value of another type than the key takes.</summary>
    public const string WrongType = "MS2007";

    /// <summary>A value of the right type that the key does not take.</summary>
    public const string OutOfRange = "MS2008";

    /// <summary>A name that is not among the known ones.</summary>
    public const string UnknownName = "MS2009";

    /// <summary>An edit (<c>--set</c>) whose path leads nowhere.</summary>
    public const string BadEdit = "MS2010";

    /// <summary>A recipe file cannot be read.</summary>
    public const string RecipeUnreadable = "MS2011";

    /// <summary>A run's folder exists already.</summary>
    public const string RunExists = "MS4001";

    /// <summary>Another process works in the run's folder.</summary>
    public const string RunLocked = "MS4002";

    /// <summary>There is no checkpoint where one was asked for.</summary>
    public const string CheckpointMissing = "MS4003";

    /// <summary>A checkpoint is damaged or belongs to another recipe.</summary>
    public const string CheckpointDamaged = "MS4004";

    /// <summary>The loss is infinite or not a number.</summary>
    public const string LossNotFinite = "MS4005";

    /// <summary>Features and labels do not fit together, or hold values that are no numbers.</summary>
    public const string FeatureShape = "MS5001";

    /// <summary>No row is labelled.</summary>
    public const string NoLabels = "MS5002";

    /// <summary>A class has fewer labelled rows than asked for.</summary>
    public const string TooFewLabels = "MS5003";

    /// <summary>A class of the test rows has no row to learn from.</summary>
    public const string ClassNotTrained = "MS5004";

    /// <summary>An option of an evaluation is out of range.</summary>
    public const string EvaluationOption = "MS5005";
}
