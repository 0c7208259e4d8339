using MocoSharp.Evaluation;
using MocoSharp.Features;
using MocoSharp.Methods;
using MocoSharp.Methods.Distillation;
using MocoSharp.Runs;
using MocoSharp.Torch;

namespace MocoSharp;

/// <summary>The classifier that a student has learned from a teacher's labels, kept with its run as tests keep theirs.</summary>
internal static class StudentClassifier
{
    /// <summary>What it is called.</summary>
    internal const string Name = "student";

    /// <summary>Keeps that of a run whose method learns labels; of other runs there is none.</summary>
    internal static void Keep(RunRecord run)
    {
        Recipes.Recipe recipe = run.Recipe.Recipe;
        if (recipe.Method is not SoftLabelsOptions taught || !File.Exists(run.Folder.Encoder)) return;
        string teacher = Path.GetFullPath(taught.Teacher, run.Folder.Root);
        IReadOnlyList<string> classes = (File.Exists(teacher) ? TeacherFile.ClassesOf(teacher) : null)
            ?? [.. Enumerable.Range(0, taught.TeacherFeatures).Select(static number => $"{number}")];
        using TensorScope scope = TensorScope.Begin();
        using Method method = ComparedNetwork.MethodOf(run.Folder, recipe, isTrained: true, warned: null);
        Dictionary<string, Tensor> layer = method.Head!.Parameters().ToDictionary(static item => item.Name, static item => item.Value);
        LinearHead head = new(layer["0.weight"].ToProcessor().ToArray<float>(), layer["0.bias"].ToProcessor().ToArray<float>(), classes);
        new SavedHead(head, FeatureSpace.Backbone, HeldOut: null, Precision: null, SavedHead.ChecksumOf(run.Folder)).Save(run.Folder, Name);
    }
}
