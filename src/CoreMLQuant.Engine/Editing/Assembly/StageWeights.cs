using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.Specification;
using CoreMLQuant.WeightBlobs;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Editing.Assembly;

/// <summary>The weight file of one program: what the program refers to and nothing else, in the order of the program, each blob once.</summary>
internal static class StageWeights
{
    /// <summary>Lays out the file and makes the program refer to it.</summary>
    /// <param name="stage">The program's model.</param>
    /// <param name="fileName">Name of the file.</param>
    /// <param name="find">Finds the blob that a value refers to.</param>
    /// <param name="mergesEqual">Whether blobs with the same bytes are stored once.</param>
    /// <returns>The file and the bytes that merging saves; no file when the program refers to none.</returns>
    public static (FileLayout? Layout, long Saved) LayOut(Schema.Model stage, string fileName, Func<Schema.Value, BlobReference> find, bool mergesEqual)
    {
        (Schema.Value Value, BlobReference Blob)[] uses = Uses(stage, find);
        if (uses.Length == 0)
        {
            return (null, 0);
        }

        IReadOnlyDictionary<BlobReference, BlobReference> equal = mergesEqual
            ? EqualBlobs.Find(uses.Select(use => use.Blob))
            : new Dictionary<BlobReference, BlobReference>();
        BlobReference First(BlobReference blob) => equal.TryGetValue(blob, out BlobReference first) ? first : blob;
        BlobReference[] order = uses.Select(use => First(use.Blob)).Distinct().ToArray();
        Dictionary<BlobReference, PlannedBlob> blobs = order.ToDictionary(blob => blob, Copy);
        FileLayout layout = BlobFilePlan.LayOut(order.Select(blob => blobs[blob]).ToArray());
        foreach ((Schema.Value value, BlobReference blob) in uses)
        {
            value.BlobFileValue.FileName = NewPackage.Reference(fileName);
            value.BlobFileValue.Offset = (ulong)blobs[First(blob)].Offset;
        }

        return (layout, equal.Keys.Sum(blob => blob.Record.Length));
    }

    // The order of an operation's own references is that of a map, which means nothing: within an operation, blobs keep the order that they had.
    private static (Schema.Value Value, BlobReference Blob)[] Uses(Schema.Model stage, Func<Schema.Value, BlobReference> find)
    {
        var order = new Dictionary<Schema.Value, int>(MessageIdentity<Schema.Value>.Instance);
        var blocks = new Stack<Schema.Block>(stage.MlProgram.Functions.Values.SelectMany(function => function.BlockSpecializations.Values).Reverse());
        for (int number = 1; blocks.Count > 0;)
        {
            foreach (Schema.Operation operation in blocks.Pop().Operations)
            {
                foreach (Schema.Value value in MilValues.Own(operation))
                {
                    order[value] = number;
                }

                operation.Blocks.Reverse().ToList().ForEach(blocks.Push);
                number++;
            }
        }

        return MilValues.BlobReferences(stage)
            .Select(value => (Value: value, Blob: find(value)))
            .OrderBy(use => order.TryGetValue(use.Value, out int number) ? number : 0)
            .ThenBy(use => use.Blob.Offset)
            .ToArray();
    }

    private static PlannedBlob Copy(BlobReference blob)
    {
        BlobRecord record = blob.Record;
        return new PlannedBlob(record.DataType, record.PaddingBits, new CopiedPart(blob.File.DataOf(record)));
    }
}
