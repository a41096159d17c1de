using System.Linq;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;
using Google.Protobuf.Reflection;
using ModelCase = CoreMLQuant.Specification.Schema.Model.TypeOneofCase;

namespace CoreMLQuant.Editing.Names;

/// <summary>
/// Renames features of models that are neither a program nor a network. Most of them know their features by their order in the description; those
/// that name them do it in text fields of their parameters.
/// </summary>
internal static class OtherNames
{
    /// <summary>Renames inputs and outputs.</summary>
    /// <exception cref="EditException">The names are those of another file, or of a model that cannot be read.</exception>
    public static void Rename(EditBuilder builder, Model model, Renames names)
    {
        switch (model.TypeCase)
        {
            case ModelCase.NonMaximumSuppression:
                model.NonMaximumSuppression = builder.Details.Edit(model.NonMaximumSuppression, SuppressionDetails.Parser, "The non-maximum suppression", details => RenameFields(details, names));
                break;
            case ModelCase.ItemSimilarityRecommender:
                model.ItemSimilarityRecommender = builder.Details.Edit(model.ItemSimilarityRecommender, RecommenderDetails.Parser, "The recommender", details => RenameFields(details, names));
                break;
            case ModelCase.WordTagger:
                model.WordTagger = builder.Details.Edit(model.WordTagger, LanguageModelDetails.Parser, "The word tagger", details => RenameFields(details, names));
                break;
            case ModelCase.FeatureVectorizer:
                model.FeatureVectorizer = builder.Details.Edit(model.FeatureVectorizer, FeatureVectorizerDetails.Parser, "The feature vectorizer", details => RenameColumns(details, names));
                break;
            case ModelCase.LinkedModel or ModelCase.SerializedModel:
                throw new EditException("The features belong to a model in another file or of another format, which is not renamed with this one.", "Rename them in the model that it refers to.");
            case ModelCase.CustomModel:
                builder.Note("the model is computed by a class of the app, which may know its features by their old names");
                break;
        }
    }

    // The format calls every one of these fields ...InputFeatureName or ...OutputFeatureName.
    private static bool RenameFields(Google.Protobuf.IMessage details, Renames names)
    {
        bool isChanged = false;
        foreach (FieldDescriptor field in details.Descriptor.Fields.InDeclarationOrder().Where(field => field.FieldType == FieldType.String && field.Name.EndsWith("FeatureName", System.StringComparison.Ordinal)))
        {
            string old = (string)field.Accessor.GetValue(details);
            string name = field.Name.EndsWith("InputFeatureName", System.StringComparison.Ordinal) ? names.Input(old) : names.Output(old);
            if (name != old)
            {
                field.Accessor.SetValue(details, name);
                isChanged = true;
            }
        }

        return isChanged;
    }

    private static bool RenameColumns(FeatureVectorizerDetails details, Renames names)
    {
        InputColumnDetails[] columns = details.InputList.Where(column => names.Inputs.ContainsKey(column.InputColumn)).ToArray();
        foreach (InputColumnDetails column in columns)
        {
            column.InputColumn = names.Input(column.InputColumn);
        }

        return columns.Length > 0;
    }
}
