/** The plant's types by name, so that other modules can point to them and add fields. */
import { builder } from '../../../kit/builder.ts';
import type {
  AreaRow,
  CameraRow,
  EdgeNodeRow,
  LineRow,
  MaterialBatchRow,
  PlantRow,
  ProductRow,
  RecipeRow,
  StationRow,
} from './plants.table.ts';

export const PlantRef = builder.objectRef<PlantRow>('Plant');
export const AreaRef = builder.objectRef<AreaRow>('Area');
export const LineRef = builder.objectRef<LineRow>('Line');
export const StationRef = builder.objectRef<StationRow>('Station');
export const CameraRef = builder.objectRef<CameraRow>('Camera');
export const EdgeNodeRef = builder.objectRef<EdgeNodeRow>('EdgeNode');
export const ProductRef = builder.objectRef<ProductRow>('Product');
export const RecipeRef = builder.objectRef<RecipeRow>('Recipe');
export const MaterialBatchRef = builder.objectRef<MaterialBatchRow>('MaterialBatch');
