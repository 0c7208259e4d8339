using System.Globalization;
using MocoSharp.Charts;
using MocoSharp.Evaluation;
using MocoSharp.Imaging;
using MocoSharp.Runs;

namespace MocoSharp.Reports;

/// <summary>All that is known of a run, as one document.</summary>
/// <param name="Facts">What it is and how far it came.</param>
/// <param name="Work">How its last epoch's work went; null before the first.</param>
/// <param name="Warnings">What people should know before they trust it, a sentence each.</param>
/// <param name="Curves">What was measured while training; empty before the first checkpoint.</param>
/// <param name="Features">What its features are like; null where there is no encoder or no picture.</param>
/// <param name="Views">What the network saw; null where that picture is lost.</param>
/// <param name="Evaluations">The tests that were made.</param>
/// <param name="Recipe">The whole recipe, YAML.</param>
/// <param name="Environment">Program, machine and data.</param>
/// <param name="Missing">What cannot be shown, why, and what makes it.</param>
/// <param name="Version">The program that made the report.</param>
public sealed record RunReport(
    RunFacts Facts, RunWork? Work, IReadOnlyList<string> Warnings, IReadOnlyList<ReportCurve> Curves, ReportFeatures? Features,
    ReportPicture? Views, IReadOnlyList<StoredEvaluation> Evaluations, string Recipe, IReadOnlyList<ReportFact> Environment,
    IReadOnlyList<MissingPart> Missing, string Version)
{
    /// <summary>Gathers it. Nothing in the run's folder is changed.</summary>
    /// <param name="run">The run.</param>
    /// <param name="options">What goes in; null for the usual.</param>
    /// <param name="progress">Told what is done next.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <exception cref="MocoException">MS4009: the run's metrics are damaged.</exception>
    public static Task<RunReport> OfAsync(
        Run run, ReportOptions? options = null, IProgress<RunProgress>? progress = null, CancellationToken cancel = default) =>
        new Gathering(run, options ?? new ReportOptions(), progress, cancel).GatherAsync();

    private sealed class Gathering(Run run, ReportOptions options, IProgress<RunProgress>? progress, CancellationToken cancel)
        : IProgress<RunProgress>
    {
        private readonly List<string> _warnings = [.. run.Notes];
        private readonly List<MissingPart> _missing = [];
        private readonly string _folder = CommandText.Quoted(run.Folder.Root);

        internal async Task<RunReport> GatherAsync()
        {
            RunCourse? course = RunCourse.ReadOrNull(run.Folder);
            if (course is null) Miss("the curves", "the run was stopped before its first checkpoint", $"moco resume {_folder}");
            RunFacts facts = RunFacts.Of(run, course);
            RunWork? work = course is { Epochs: [.., EpochMetrics last] }
                ? new RunWork(last.ImagesPerSecond, last.WaitFraction, last.BadImages) : null;
            _warnings.InsertRange(0, Verdicts.Warnings(facts, work));
            ReportFeatures? features = await FeaturesAsync();
            foreach (FeatureGeometry geometry in features?.Geometry ?? [])
                if (geometry.Collapse != Collapse.None) _warnings.Add($"{Verdicts.NameOf(geometry)}: {Verdicts.Of(geometry)}");
            IReadOnlyList<StoredEvaluation> evaluations = EvaluationFiles.Read(run.Folder, withPictures: true, _warnings.Add);
            if (evaluations.Count == 0 && File.Exists(run.Folder.Encoder))
                Miss("the tests", "none was made, or their files are gone", $"moco eval knn {_folder}");
            return new RunReport(facts, work, [.. _warnings.Distinct()],
                course is null ? [] : ReportCurve.Of(course, facts.ChanceLoss), features, Views(), evaluations, run.RecipeFile.Text,
                [.. Surroundings()], _missing, RunEnvironment.ProgramVersion);
        }

        public void Report(RunProgress value)
        {
            if (value is RunWarning warning) _warnings.Add(warning.Text);
            else progress?.Report(value);
        }

        private void Miss(string part, string reason, string? command) => _missing.Add(new MissingPart(part, reason, command));

        private async Task<ReportFeatures?> FeaturesAsync()
        {
            const string part = "the features, the map and the neighbors";
            if (!File.Exists(run.Folder.Encoder))
            {
                Miss(part, "the run has no encoder yet", $"moco resume {_folder}");
                return null;
            }
            if (options.Data is null && run.Environment is null)
            {
                Miss(part, "where the run's pictures are is lost", $"moco report {_folder} --data DIR");
                return null;
            }
            try
            {
                using FeatureStudy study = await run.StudyAsync(options.Study, new TestPictures(options.Data), this, cancel);
                progress?.Report(new Doing("drawing the map and the neighbors"));
                return ReportFeatures.Of(study, _warnings.Add);
            }
            catch (Exception error) when (options.Data is null && error is ImagingException or IOException)
            {
                Miss(part, $"the run's pictures cannot be read any more: {error.Message}", $"moco report {_folder} --data DIR");
                return null;
            }
        }

        private ReportPicture? Views()
        {
            try
            {
                if (ReportPicture.Read(run.Folder.Views,
                    "What the network sees: each row a picture of the training set, then random draws of each of its views.") is { } views)
                    return views;
                Miss("the views", "the run's views.png is gone", $"moco views {CommandText.Quoted(run.Folder.Recipe)} --data DIR");
            }
            catch (ImagingException error)
            {
                Miss("the views", $"the run's views.png cannot be read: {error.Message}",
                    $"moco views {CommandText.Quoted(run.Folder.Recipe)} --data DIR");
            }
            return null;
        }

        private IEnumerable<ReportFact> Surroundings()
        {
            if (run.Environment is not { } environment)
            {
                Miss("the environment", "the run's environment.json is lost", null);
                yield break;
            }
            yield return new("program", environment.Version);
            yield return new("libtorch", environment.Libtorch);
            yield return new("processor", environment.Processor);
            if (environment.Convolutions is { } convolutions) yield return new("convolutions and processor level", convolutions);
            yield return new("threads", environment.Threads.ToString(CultureInfo.InvariantCulture));
            yield return new("precision", environment.Precision);
            yield return new("device", environment.Device);
            foreach (string data in environment.Data) yield return new("pictures", data);
            if (environment.Test is { } test) yield return new("test pictures", test);
            yield return new("labels", environment.Labels);
            yield return new("fingerprint of the pictures", environment.Fingerprint);
            if (environment.Start is { } start) yield return new("began with", start.File);
            if (environment.Earlier is { Count: > 0 } earlier)
                yield return new("went on otherwise", Verdicts.Plural(earlier.Count, "time"));
        }
    }
}
