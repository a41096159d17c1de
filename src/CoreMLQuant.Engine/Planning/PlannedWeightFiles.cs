using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Collections;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.Specification;
using CoreMLQuant.WeightBlobs;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Planning;

/// <summary>The weight files of a planned model: those that are laid out anew, because a blob of theirs changes or goes, and the values that refer to them.</summary>
/// <param name="source">The model as it is.</param>
/// <param name="specification">The specification as it will be.</param>
internal sealed class PlannedWeightFiles(ModelFile source, Schema.Model specification)
{
    private readonly SortedDictionary<string, BlobFilePlan> _plans = new(StringComparer.Ordinal);
    private readonly SegmentedList<PlannedReference> _references = new();
    private readonly ReferencedBlobs _before = ReferencedBlobs.Of(MilValues.BlobReferences(specification));

    /// <summary>What the source calls its weight files.</summary>
    public IReadOnlyCollection<string> References => _before.Files;

    /// <summary>The rewrite of the weight file behind a reference. Once one blob is asked for, the file is rewritten.</summary>
    public BlobFilePlan this[string reference]
    {
        get
        {
            BlobFile file = source.WeightFile(reference);
            if (!_plans.TryGetValue(file.RelativePath, out BlobFilePlan? plan))
            {
                plan = new BlobFilePlan(file);
                _plans.Add(file.RelativePath, plan);
            }

            return plan;
        }
    }

    /// <summary>Makes a value of the specification refer to a blob, wherever that ends up.</summary>
    public void Refer(Schema.Value value, PlannedBlob blob) => _references.Add(new PlannedReference(value, blob));

    /// <summary>Lays out the files and gives the values their offsets.</summary>
    /// <param name="note">Told what is omitted.</param>
    /// <returns>The files that are rewritten, by relative path.</returns>
    public Dictionary<string, FileLayout> LayOut(Action<string> note)
    {
        IReadOnlyList<Schema.Value> others = OtherReferences();
        RewriteFilesThatLose(others);
        KeepReferences(others);
        var layouts = new Dictionary<string, FileLayout>(StringComparer.Ordinal);
        foreach (KeyValuePair<string, BlobFilePlan> plan in _plans)
        {
            if (plan.Value.Source.Walk() is null)
            {
                note($"'{plan.Key}' contains bytes that are not a blob and that no weight refers to; they are omitted.");
            }

            layouts.Add(plan.Key, plan.Value.Layout(ReferencedIn(plan.Key)));
        }

        foreach (PlannedReference reference in _references)
        {
            reference.Value.BlobFileValue.Offset = (ulong)reference.Blob.Offset;
        }

        return layouts;
    }

    // A weight file with a blob that nothing refers to any more is laid out anew.
    private void RewriteFilesThatLose(IReadOnlyList<Schema.Value> others)
    {
        var left = ReferencedBlobs.Of(others);
        foreach (string file in _before.Files.Where(file => !left.ContainsAll(_before, file)))
        {
            _ = this[file];
        }
    }

    // Several references may mean the same file.
    private HashSet<long> ReferencedIn(string relativePath) => new(_before.Files
        .Where(file => source.WeightFile(file).RelativePath == relativePath)
        .SelectMany(_before.In)
        .Select(offset => checked((long)offset)));

    // Values that nobody asked to change still refer to a file that is laid out anew.
    private void KeepReferences(IReadOnlyList<Schema.Value> others)
    {
        foreach (Schema.Value value in others)
        {
            if (_plans.TryGetValue(source.WeightFile(value.BlobFileValue.FileName).RelativePath, out BlobFilePlan? plan))
            {
                Refer(value, plan.Copy(checked((long)value.BlobFileValue.Offset)));
            }
        }
    }

    private IReadOnlyList<Schema.Value> OtherReferences()
    {
        var changed = new HashSet<Schema.Value>(_references.Select(reference => reference.Value), MessageIdentity<Schema.Value>.Instance);
        return MilValues.BlobReferences(specification).Where(value => !changed.Contains(value)).ToArray();
    }

    private sealed record PlannedReference(Schema.Value Value, PlannedBlob Blob);
}
