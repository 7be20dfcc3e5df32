CREATE TABLE "follows" (
	"follower" "bytea" NOT NULL,
	"creator" "bytea" NOT NULL,
	"since" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "follows_follower_creator_pk" PRIMARY KEY("follower","creator")
);
--> statement-breakpoint
CREATE TABLE "history_blocks" (
	"block" integer PRIMARY KEY NOT NULL,
	"hash" "bytea" NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "history_channels" (
	"channel" "bytea" PRIMARY KEY NOT NULL,
	"stream" numeric(39, 0) NOT NULL,
	"terms" integer NOT NULL,
	"operator" "bytea" NOT NULL,
	"block" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "history_cursor" (
	"name" text PRIMARY KEY NOT NULL,
	"first_block" integer NOT NULL,
	"block" integer NOT NULL,
	"block_hash" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "history_events" (
	"block" integer NOT NULL,
	"index" integer NOT NULL,
	"extrinsic" integer,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"stream" numeric(39, 0) NOT NULL,
	"channel" "bytea",
	"ticks" integer,
	"amount" numeric(39, 0) NOT NULL,
	"tipper" "bytea",
	"note" "bytea",
	CONSTRAINT "history_events_block_index_pk" PRIMARY KEY("block","index")
);
--> statement-breakpoint
CREATE TABLE "history_payments" (
	"block" integer NOT NULL,
	"index" integer NOT NULL,
	"line" smallint NOT NULL,
	"account" "bytea" NOT NULL,
	"role" text NOT NULL,
	"amount" numeric(40, 0) NOT NULL,
	CONSTRAINT "history_payments_block_index_line_pk" PRIMARY KEY("block","index","line")
);
--> statement-breakpoint
CREATE TABLE "history_streams" (
	"stream" numeric(39, 0) PRIMARY KEY NOT NULL,
	"creator" "bytea" NOT NULL,
	"block" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "history_terms" (
	"stream" numeric(39, 0) NOT NULL,
	"version" integer NOT NULL,
	"rate" numeric(39, 0) NOT NULL,
	"operator_share" integer NOT NULL,
	"payees" jsonb NOT NULL,
	"block" integer NOT NULL,
	CONSTRAINT "history_terms_stream_version_pk" PRIMARY KEY("stream","version")
);
--> statement-breakpoint
ALTER TABLE "streams" ADD COLUMN "description" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "streams" ADD COLUMN "category" text DEFAULT 'other' NOT NULL;--> statement-breakpoint
ALTER TABLE "streams" ADD COLUMN "tags" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "streams" ADD COLUMN "language" text;--> statement-breakpoint
ALTER TABLE "streams" ADD COLUMN "archived_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "history_channels" ADD CONSTRAINT "history_channels_block_history_blocks_block_fk" FOREIGN KEY ("block") REFERENCES "public"."history_blocks"("block") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "history_events" ADD CONSTRAINT "history_events_block_history_blocks_block_fk" FOREIGN KEY ("block") REFERENCES "public"."history_blocks"("block") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "history_payments" ADD CONSTRAINT "history_payments_block_index_history_events_block_index_fk" FOREIGN KEY ("block","index") REFERENCES "public"."history_events"("block","index") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "history_streams" ADD CONSTRAINT "history_streams_block_history_blocks_block_fk" FOREIGN KEY ("block") REFERENCES "public"."history_blocks"("block") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "history_terms" ADD CONSTRAINT "history_terms_block_history_blocks_block_fk" FOREIGN KEY ("block") REFERENCES "public"."history_blocks"("block") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "follows_creator" ON "follows" USING btree ("creator");--> statement-breakpoint
CREATE INDEX "history_blocks_at" ON "history_blocks" USING btree ("at");--> statement-breakpoint
CREATE INDEX "history_events_stream" ON "history_events" USING btree ("stream","block","index");--> statement-breakpoint
CREATE INDEX "history_payments_account" ON "history_payments" USING btree ("account","block","index");--> statement-breakpoint
CREATE INDEX "history_streams_creator" ON "history_streams" USING btree ("creator");