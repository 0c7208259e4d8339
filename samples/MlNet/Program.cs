// Gives a trained encoder's vectors to ML.NET, which learns the classes. Usage: MlNet RUN PICTURES (with train/ and test/)
using Microsoft.ML;
using Microsoft.ML.Data;
using MocoSharp;
using MocoSharp.Features;
using MocoSharp.Imaging.Datasets;

(string run, string pictures) = (args[0], args[1]);

#region mlnet
using Embedder embedder = Run.Open(run).Embedder();
using DataSplits data = DataSets.Open(pictures);

MLContext ml = new(seed: 1);
IDataView train = Table(embedder.Embed(data.Train)), test = Table(embedder.Embed(data.Test!));
var model = ml.Transforms.Conversion.MapValueToKey("Label")
    .Append(ml.Transforms.NormalizeMeanVariance("Features"))
    .Append(ml.MulticlassClassification.Trainers.SdcaMaximumEntropy())
    .Fit(train);
MulticlassClassificationMetrics metrics = ml.MulticlassClassification.Evaluate(model.Transform(test));

IDataView Table(FeatureSet features)
{
    SchemaDefinition schema = SchemaDefinition.Create(typeof(Row));
    schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, features.Dimensions);
    return ml.Data.LoadFromEnumerable(Enumerable.Range(0, features.Count)
        .Select(i => new Row(features.Row(i).ToArray(), features.Classes[features.Labels[i]])).ToArray(), schema);
}
#endregion

Console.WriteLine(FormattableString.Invariant($"ML.NET: {100 * metrics.MicroAccuracy:F1}% of the test pictures"));

/// <summary>A picture as ML.NET's columns.</summary>
internal sealed record Row(float[] Features, string Label);
